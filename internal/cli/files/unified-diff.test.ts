import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineEdits } from './line-diff.ts';
import { unifiedDiff } from './unified-diff.ts';

function diff(before: string, after: string): string {
  return unifiedDiff({ label: 'a', text: before }, { label: 'b', text: after }).join('\n');
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => `${from + at}\n`).join('');

describe('the unified diff', () => {
  it('is empty when nothing differs', () => {
    expect(diff('a\nb\n', 'a\nb\n')).toBe('');
    expect(diff('', '')).toBe('');
  });

  it('shows a changed line with three lines around it', () => {
    const after = numbers(1, 9).replace('5\n', 'five\n');
    expect(diff(numbers(1, 9), after)).toBe(
      ['--- a', '+++ b', '@@ -2,7 +2,7 @@', ' 2', ' 3', ' 4', '-5', '+five', ' 6', ' 7', ' 8'].join(
        '\n',
      ),
    );
  });

  it('shows what is new as a whole', () => {
    expect(diff('', 'x\ny\n')).toBe('--- a\n+++ b\n@@ -0,0 +1,2 @@\n+x\n+y');
    expect(diff('x\n', '')).toBe('--- a\n+++ b\n@@ -1 +0,0 @@\n-x');
  });

  it('joins changes that are near and parts those that are far', () => {
    const near = numbers(1, 20).replace('5\n', 'v\n').replace('11\n', 'xi\n');
    expect(diff(numbers(1, 20), near).match(/^@@/gm)).toHaveLength(1);
    const far = numbers(1, 20).replace('5\n', 'v\n').replace('13\n', 'xiii\n');
    expect(diff(numbers(1, 20), far).match(/^@@.*/gm)).toEqual([
      '@@ -2,7 +2,7 @@',
      '@@ -10,7 +10,7 @@',
    ]);
  });
});

describe('the edits between two texts', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 30 });

  it('lead from the one to the other, and are not more than all lines', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const edits = lineEdits(before, after);
        const side = (absent: string) =>
          edits.filter(({ kind }) => kind !== absent).map(({ line }) => line);
        expect(side('+')).toEqual(before);
        expect(side('-')).toEqual(after);
      }),
    );
  });

  it('are the fewest', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const changed = lineEdits(before, after).filter(({ kind }) => kind !== ' ').length;
        expect(changed).toBe(before.length + after.length - 2 * commonLength(before, after));
      }),
    );
  });

  it('of two long texts that share nothing are found without looking for long', () => {
    const before = Array.from({ length: 20_000 }, (_, at) => `a${at}`);
    const after = Array.from({ length: 20_000 }, (_, at) => `b${at}`);
    expect(lineEdits(before, after)).toHaveLength(40_000);
  });
});

/** Length of the longest common subsequence, by the table. */
function commonLength(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const line of a) {
    const next = [0];
    for (const [at, other] of b.entries()) {
      const both = line === other ? (row[at] ?? 0) + 1 : 0;
      next.push(Math.max(both, row[at + 1] ?? 0, next[at] ?? 0));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
