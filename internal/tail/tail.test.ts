import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Tail } from './tail.ts';

function pushAll(limit: number, chunks: readonly Uint8Array[]): Tail {
  const tail = new Tail(limit);
  for (const chunk of chunks) tail.push(Buffer.from(chunk));
  return tail;
}

function lastBytes(all: Buffer, limit: number): Buffer {
  return all.subarray(Math.max(0, all.length - limit));
}

describe('Tail', () => {
  it('keeps what a plain concatenation cut to its last bytes would hold', () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 40 });
    fc.assert(
      fc.property(fc.nat({ max: 100 }), chunks, (limit, pieces) => {
        const all = Buffer.concat(pieces);
        const tail = pushAll(limit, pieces);
        expect(tail.bytes()).toEqual(lastBytes(all, limit));
        expect(tail.totalBytes).toBe(all.length);
        expect(tail.truncated).toBe(all.length > limit);
      }),
    );
  });

  it('keeps the right bytes while it grows beyond its first capacity', () => {
    const limit = fc.integer({ min: 3000, max: 20_000 });
    const sizes = fc.array(fc.nat({ max: 9000 }), { maxLength: 12 });
    fc.assert(
      fc.property(limit, sizes, (max, lengths) => {
        const pieces = lengths.map((length, index) => Buffer.alloc(length, index));
        const expected = lastBytes(Buffer.concat(pieces), max);
        expect(pushAll(max, pieces).bytes().equals(expected)).toBe(true);
      }),
    );
  });

  it('hands out bytes that later pushes do not change', () => {
    const tail = pushAll(4, [Buffer.from('abcd')]);
    const before = tail.bytes();
    tail.push(Buffer.from('wxyz'));
    expect(before.toString()).toBe('abcd');
  });
});
