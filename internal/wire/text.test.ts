import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOutput } from './text.ts';

describe('the text of a stream', () => {
  it.each([
    ['a byte that is not UTF-8', [0x61, 0xff, 0x62], 'a\ufffdb'],
    ['a lone surrogate, which UTF-8 does not know', [0xed, 0xa0, 0x80], '\ufffd\ufffd\ufffd'],
    ['a character whose end is missing', [0x61, 0xe2, 0x82], 'a\ufffd'],
    ['a character whose beginning is missing', [0x82, 0xac, 0x61], '\ufffd\ufffda'],
    ['NUL', [0x61, 0, 0x62], 'a\0b'],
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x61], '\ufeffa'],
    ['nothing', [], ''],
  ])('shows %s', (_, bytes, text) => {
    expect(decodeOutput(Uint8Array.from(bytes), false)).toBe(text);
  });

  it('drops no more than the rest of one character from a truncated stream', () => {
    const damaged = Uint8Array.from([0x80, 0x80, 0x80, 0x80, 0x61]);
    expect(decodeOutput(damaged, true)).toBe('\ufffda');
  });

  it('of which only the end was kept is made of whole characters, wherever it was cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, cut) => {
        const bytes = Buffer.from(text, 'utf8');
        const at = cut % (bytes.length + 1);
        expect(decodeOutput(bytes.subarray(at), true)).toBe(charactersFrom(text, at));
      }),
    );
  });
});

/** The characters of `text` that begin at byte `at` or behind it. */
function charactersFrom(text: string, at: number): string {
  let position = 0;
  let kept = '';
  for (const character of text) {
    if (position >= at) kept += character;
    position += Buffer.byteLength(character);
  }
  return kept;
}
