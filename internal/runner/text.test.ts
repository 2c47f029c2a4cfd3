import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Tail } from '../tail/tail.ts';
import { tailText } from './text.ts';

function textOf(bytes: Buffer, limit: number): string {
  const tail = new Tail(limit);
  tail.push(bytes);
  return tailText(tail);
}

describe('tailText', () => {
  it('of valid UTF-8 is the longest end of whole characters that fits', () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 });
    fc.assert(
      fc.property(text, fc.nat({ max: 60 }), (whole, limit) => {
        const kept = textOf(Buffer.from(whole), limit);
        const missing = Math.min(limit, Buffer.byteLength(whole)) - Buffer.byteLength(kept);
        expect(whole.endsWith(kept)).toBe(true);
        expect(missing).toBeGreaterThanOrEqual(0);
        expect(missing).toBeLessThanOrEqual(3);
      }),
    );
  });

  it.each([
    ['a cut €', Buffer.from('x€uro'), 5, 'uro'],
    ['a cut 4-byte character', Buffer.from('😀!'), 4, '!'],
    ['bytes that are not UTF-8', Buffer.from([0x61, 0xff, 0x62]), 10, 'a\ufffdb'],
    [
      'a stray continuation byte at a front that was not cut',
      Buffer.from([0x80, 0x61]),
      9,
      '\ufffda',
    ],
    ['a byte order mark', Buffer.from('\ufeffx'), 9, '\ufeffx'],
    ['nothing kept', Buffer.from('abc'), 0, ''],
  ])('%s', (_, bytes, limit, expected) => {
    expect(textOf(bytes, limit)).toBe(expected);
  });
});
