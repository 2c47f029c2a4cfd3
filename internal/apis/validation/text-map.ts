import * as z from 'zod';

/** A map of texts. Looked through by hand, so that every problem has its own path. */
export function textMap(
  rule: string,
  problemOf: (key: string, value: string) => string | undefined,
) {
  return valueMap<string>(rule, (key, value) =>
    typeof value === 'string' ? problemOf(key, value) : `must be a text; ${quoteHint(value)}`,
  ).meta({ type: 'object', additionalProperties: { type: 'string' } });
}

/** A map whose entries are looked at one by one. @param problemOf what is wrong with one, if anything. */
export function valueMap<T>(
  rule: string,
  problemOf: (key: string, value: unknown) => string | undefined,
) {
  return z.custom<Record<string, T>>().superRefine((value: unknown, context) => {
    const refuse = (message: string, path: string[] = []) =>
      context.addIssue({ code: 'custom', message, path, input: value });
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      refuse(`must be ${rule}`);
      return;
    }
    for (const [key, entry] of Object.entries(value)) {
      const problem = problemOf(key, entry);
      if (problem !== undefined) refuse(problem, [key]);
    }
  });
}

/** What to do about a value that is no text. */
function quoteHint(value: unknown): string {
  const scalar = typeof value === 'number' || typeof value === 'boolean';
  return scalar ? `write "${value}" in quotes` : 'write it in quotes';
}
