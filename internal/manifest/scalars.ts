import type { Pair, Scalar } from 'yaml';
import { isScalar } from 'yaml';
import { inQuotes, quoted } from '../apis/validation/path.ts';
import { isForbiddenName } from '../apis/validation/unknown-field.ts';

/** Why a manifest may not have this value, or undefined when it may. */
export function scalarProblem({ value, source }: Scalar): string | undefined {
  if (typeof value !== 'number' || Math.abs(value) <= Number.MAX_SAFE_INTEGER) return undefined;
  const text = quoted(source ?? String(value));
  const hint = `${inQuotes(source ?? String(value))} when it is a text`;
  if (/nan|inf/i.test(source ?? '')) return `${text} is no number that can be used; ${hint}`;
  return `the number ${text} is too large: at most ${Number.MAX_SAFE_INTEGER}; ${hint}`;
}

/** Why this cannot be the key of a mapping, or undefined when it can. */
export function keyProblem({ key }: Pair): string | undefined {
  if (!isScalar(key)) return 'a key must be a text, not a mapping, a list or an alias';
  const { value, source } = key;
  if (typeof value === 'string') {
    return isForbiddenName(value) ? 'this name is refused everywhere' : undefined;
  }
  if (value === null && !source) return 'a key is missing before the ":"';
  return `keys must be texts: ${inQuotes(source ?? String(value))}`;
}

/** True for the `<<` that takes over another mapping's members; `"<<"` in quotes is a plain key. */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.value === '<<';
}
