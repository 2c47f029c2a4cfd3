import { UsageError } from '../errors.ts';

/**
 * Reads `KEY=VALUE` arguments; the value may hold further `=`, and be empty.
 * @param option for the message, such as `--env`.
 * @throws UsageError when one has no `=` or no key, or a key comes twice.
 */
export function parseKeyValues(given: readonly string[], option: string): Record<string, string> {
  const pairs = given.map((text): [string, string] => {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`${option} must be given as KEY=VALUE, not "${text}"`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  const twice = pairs.find(([key], at) =>
    pairs.some(([other], index) => index < at && other === key),
  );
  if (twice !== undefined) throw new UsageError(`${option} names "${twice[0]}" twice`);
  return Object.fromEntries(pairs);
}
