import { type Edit, lineEdits } from './line-diff.ts';

const CONTEXT = 3;

/** One side of a diff. */
export interface Side {
  /** For the header. */
  label: string;
  /** Ends in a line feed, unless it is empty. */
  text: string;
}

/**
 * What `diff -u` prints: lines without their line feeds.
 * @returns nothing when both sides are the same.
 */
export function unifiedDiff(before: Side, after: Side): string[] {
  const edits = lineEdits(linesOf(before.text), linesOf(after.text));
  const hunks = hunksOf(edits);
  if (hunks.length === 0) return [];
  return [
    `--- ${before.label}`,
    `+++ ${after.label}`,
    ...hunks.flatMap((hunk) => shown(edits, hunk)),
  ];
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** From the first line to the one behind the last. */
type Hunk = [from: number, to: number];

/** The changes with lines around them; those that touch are one. */
function hunksOf(edits: readonly Edit[]): Hunk[] {
  const hunks: Hunk[] = [];
  for (const [at, { kind }] of edits.entries()) {
    if (kind === ' ') continue;
    const [from, to] = [Math.max(0, at - CONTEXT), Math.min(edits.length, at + CONTEXT + 1)];
    const last = hunks.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = to;
    else hunks.push([from, to]);
  }
  return hunks;
}

function shown(edits: readonly Edit[], [from, to]: Hunk): string[] {
  const [earlier, inside] = [edits.slice(0, from), edits.slice(from, to)];
  const header = `@@ -${range(earlier, inside, '+')} +${range(earlier, inside, '-')} @@`;
  return [header, ...inside.map(({ kind, line }) => `${kind}${line}`)];
}

/** `start,count` of the side that the lines of kind `absent` are not on. */
function range(earlier: readonly Edit[], inside: readonly Edit[], absent: '+' | '-'): string {
  const count = (edits: readonly Edit[]) => edits.filter(({ kind }) => kind !== absent).length;
  const length = count(inside);
  // An empty range is named by the line before it.
  const start = count(earlier) + (length === 0 ? 0 : 1);
  return length === 1 ? `${start}` : `${start},${length}`;
}
