import type { Path } from '../apis/validation/index.ts';

/** Where a path stands in a document: its place among the members of each level; the missing are last. */
export function positionOf(document: unknown, path: Path): number[] {
  let value = document;
  return path.map((segment) => {
    const isObject = typeof value === 'object' && value !== null;
    const place = isObject ? Object.keys(value as object).indexOf(String(segment)) : -1;
    value = isObject ? Reflect.get(value as object, segment) : undefined;
    return place < 0 ? Number.POSITIVE_INFINITY : place;
  });
}

/** Negative when `a` stands before `b`; what holds another stands before it. */
export function comparePositions(a: readonly number[], b: readonly number[]): number {
  for (const [level, place] of a.entries()) {
    const other = b[level];
    if (other === undefined) return 1;
    if (place !== other) return place < other ? -1 : 1;
  }
  return a.length - b.length;
}
