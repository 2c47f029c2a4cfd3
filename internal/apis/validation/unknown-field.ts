import { closest, distance } from 'fastest-levenshtein';
import { quoted } from './path.ts';

/** An object has these by inheritance, and code that copies objects trips over them. */
const FORBIDDEN = new Set(['__proto__', 'constructor']);
/** Longer names are no misspelling of ours, and comparing them would cost. */
const LONGEST_MISSPELLING = 64;

/** True for a member name that is refused wherever it stands. */
export function isForbiddenName(name: string): boolean {
  return FORBIDDEN.has(name);
}

/**
 * Says that `name` is none of `known`, and which of them was probably meant.
 * @param kind what it would be, for the message.
 */
export function unknownField(name: string, known: readonly string[], kind = 'field'): string {
  const what = `unknown ${kind} ${quoted(name)}`;
  if (isForbiddenName(name)) return `${what}: this name is refused everywhere`;
  const near = nearest(name, known);
  if (near !== undefined) return `${what}: did you mean "${near}"?`;
  if (known.length === 0) return `${what}: there are none here`;
  return `${what}: the ${kind}s are ${known.map((field) => `"${field}"`).join(', ')}`;
}

/** The known name that at most half of the letters stand apart from. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > LONGEST_MISSPELLING || known.length === 0) return undefined;
  const near = closest(name, [...known]);
  return distance(name, near) * 2 <= Math.max(name.length, near.length) ? near : undefined;
}
