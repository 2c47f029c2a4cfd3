import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countLines, lastLines, SkipLines } from './tail-lines.ts';
import { WholeLines } from './whole-lines.ts';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const bytes = (given: string) => Buffer.from(given, 'latin1');

describe('whole lines', () => {
  it('waits for the end of a line', () => {
    const lines = new WholeLines('[a] ');
    expect(text(lines.add(bytes('on')))).toBe('');
    expect(text(lines.add(bytes('e\ntwo\nth')))).toBe('[a] one\n[a] two\n');
    expect(text(lines.end())).toBe('[a] th\n');
    expect(text(lines.end())).toBe('');
  });

  it('does not wait for ever', () => {
    const lines = new WholeLines();
    lines.add(bytes('x'.repeat(60_000)));
    expect(lines.add(bytes('x'.repeat(6000)))).toHaveLength(66_001);
  });

  it('changes no byte, however the stream is cut', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 20 }));
    fc.assert(
      fc.property(pieces, (given) => {
        const lines = new WholeLines();
        const out = [...given.map((piece) => Buffer.from(lines.add(piece))), lines.end()];
        const whole = text(Buffer.concat(given));
        const ended = whole === '' || whole.endsWith('\n') ? whole : `${whole}\n`;
        expect(text(Buffer.concat(out))).toBe(ended);
      }),
    );
  });
});

describe('the last lines', () => {
  it.each([
    ['a\nb\nc\n', 2, 'b\nc\n'],
    ['a\nb\nc', 2, 'b\nc'],
    ['a\nb\n', 5, 'a\nb\n'],
    ['a\nb\n', 0, ''],
    ['\n\n', 1, '\n'],
    ['\n\n', 2, '\n\n'],
    ['a', 1, 'a'],
    ['', 3, ''],
  ])('of %j, %d of them', (given, count, expected) => {
    expect(lastLines(given, count)).toBe(expected);
  });

  it('of a stream are what is left when the others are skipped', () => {
    const line = fc.constantFrom('', 'a', 'bc');
    const given = fc.tuple(fc.array(line), line, fc.nat(10), fc.integer({ min: 1, max: 5 }));
    fc.assert(
      fc.property(given, ([lines, last, count, size]) => {
        const whole = [...lines, last].join('\n');
        const skip = new SkipLines(Math.max(0, countLines(whole) - count));
        let out = '';
        for (let at = 0; at < whole.length; at += size) {
          out += text(skip.add(bytes(whole.slice(at, at + size))));
        }
        // Nothing follows that could end the last line.
        expect(count === 0 && !whole.endsWith('\n') ? '' : out).toBe(lastLines(whole, count));
      }),
    );
  });
});
