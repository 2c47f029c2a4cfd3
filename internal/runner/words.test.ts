import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitWords } from './words.ts';

/** What the shell makes of `line`, or undefined when it refuses it. */
function shellWords(line: string): string[] | undefined {
  const script = `set -f; set -- ${line}\nfor word; do printf '%s\\0' "$word"; done`;
  const { status, stdout } = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
  return status === 0 ? stdout.split('\0').slice(0, -1) : undefined;
}

function wordsOf(line: string): string[] | undefined {
  try {
    return splitWords(line);
  } catch {
    return undefined;
  }
}

describe('splitWords', () => {
  it.each([
    ['python run.py', ['python', 'run.py']],
    ['  a \t b\nc ', ['a', 'b', 'c']],
    [`a 'b c' "d e"`, ['a', 'b c', 'd e']],
    [`a '' ""`, ['a', '', '']],
    [`pre'mid'"post"`, ['premidpost']],
    [`'$HOME' "\\$HOME" \\$HOME $HOME`, ['$HOME', '$HOME', '$HOME', '$HOME']],
    [`"a\\"b" "a\\b"`, ['a"b', 'a\\b']],
    ['a\\ b', ['a b']],
    ['a \\\n b\\\nc', ['a', 'bc']],
    ['a|b > *.txt #c', ['a|b', '>', '*.txt', '#c']],
    ['', []],
  ])('splits %j', (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });

  it.each([
    [`a 'b`, `' at position 3 has no end`],
    ['a "b\\"', '" at position 3 has no end'],
    ['a\\', '\\ at position 2 has no end'],
  ])('refuses %j', (line, message) => {
    expect(() => splitWords(line)).toThrow(message);
  });

  it('agrees with /bin/sh on blanks, quotes and backslashes', () => {
    const line = fc.string({
      unit: fc.constantFrom('a', 'é', ' ', '\t', "'", '"', '\\'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(line, (text) => {
        fc.pre(!/(^|[^\\])(\\\\)*\\$/.test(text));
        expect(wordsOf(text)).toEqual(shellWords(text));
      }),
      { numRuns: 60 },
    );
  });
});
