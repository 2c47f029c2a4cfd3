import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskSecret, SecretMask, withoutSecret } from './secret-mask.ts';

const SECRET = 'aB3-_x9Qa7LmNoPqRsTuVwXyZ0123456789abcdefgh';
const STARS = '*'.repeat(SECRET.length);

const masked = (text: string) => {
  const bytes = Buffer.from(text);
  maskSecret(bytes, SECRET);
  return bytes.toString();
};

/** What a mask lets through of these pieces, each as it came, and the rest. */
function through(pieces: readonly string[]): string[] {
  const mask = new SecretMask(SECRET);
  const shown = pieces.map((piece) => mask.push(Buffer.from(piece)).toString());
  return [...shown, mask.flush().toString()];
}

describe('maskSecret', () => {
  it.each([
    ['nothing of it', 'plain\n', 'plain\n'],
    ['all of it', SECRET, STARS],
    ['it twice, side by side', `x${SECRET}${SECRET}y`, `x${STARS}${STARS}y`],
    ['its end at the start', `${SECRET.slice(10)} rest`, `${STARS.slice(10)} rest`],
    ['its start at the end', `so ${SECRET.slice(0, 20)}`, `so ${STARS.slice(0, 20)}`],
    ['a few characters of it at the edges', `gh and ${SECRET.slice(0, 3)}`, 'gh and aB3'],
  ])('covers %s', (_what, text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  it('keeps the number of bytes, whatever surrounds it', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (before, after) => {
        const bytes = Buffer.concat([before, Buffer.from(SECRET), after]);
        const length = bytes.length;
        maskSecret(bytes, SECRET);
        expect(bytes.length).toBe(length);
        expect(bytes.includes(SECRET)).toBe(false);
      }),
    );
  });

  it('covers it in a message', () => {
    expect(withoutSecret(`cannot run ?token=0.1.${SECRET}`, SECRET)).toBe(
      `cannot run ?token=0.1.${STARS}`,
    );
  });
});

describe('SecretMask', () => {
  it('shows at once what cannot be its beginning', () => {
    expect(through(['one\n', 'two\n'])).toEqual(['one\n', 'two\n', '']);
  });

  it('holds back what may be, until it is known', () => {
    const [first, second] = [SECRET.slice(0, 15), SECRET.slice(15)];
    expect(through([`go ${first}`, `${second} on`])).toEqual(['go ', `${STARS} on`, '']);
    expect(through([`go ${first}`, ' on'])).toEqual(['go ', `${first} on`, '']);
  });

  it('gives out in the end what was held back, and covers it where it is more than a few', () => {
    expect(through(['go aB3'])).toEqual(['go ', 'aB3']);
    expect(through([`go ${SECRET.slice(0, 30)}`])).toEqual(['go ', STARS.slice(0, 30)]);
  });

  it('covers it wherever the stream is cut, and lets everything else through as it is', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 20 });
    const text = `begin ${SECRET} aB3 ${SECRET.slice(0, 42)}! ${SECRET}${SECRET} end`;
    fc.assert(
      fc.property(cuts, (lengths) => {
        const pieces: string[] = [];
        let at = 0;
        for (const length of lengths) {
          pieces.push(text.slice(at, at + length));
          at += length;
        }
        const all = through([...pieces, text.slice(at)]).join('');
        expect(all).toBe(text.replaceAll(SECRET, STARS));
      }),
    );
  });
});
