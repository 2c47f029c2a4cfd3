import * as z from 'zod';
import { WRITE_IN_QUOTES } from './path.ts';

/** A map of texts. Looked through by hand, so that every problem has its own path. */
export function textMap(
  rule: string,
  problemOf: (key: string, value: string) => string | undefined,
) {
  return valueMap<string>(rule, (key, value) =>
    typeof value === 'string' ? problemOf(key, value) : `must be a text; ${WRITE_IN_QUOTES}`,
  ).meta({ type: 'object', additionalProperties: { type: 'string' } });
}

/** A map whose entries are looked at one by one. @param problemOf what is wrong with one, if anything. */
export function valueMap<T>(
  rule: string,
  problemOf: (key: string, value: unknown) => string | undefined,
) {
  return z.custom<Record<string, T>>().superRefine((value: unknown, context) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      // What looks at the object around it may rely on a map.
      const message = `must be ${rule}`;
      context.addIssue({ code: 'custom', message, input: value, continue: false });
      return;
    }
    for (const [key, entry] of Object.entries(value)) {
      const problem = problemOf(key, entry);
      if (problem === undefined) continue;
      context.addIssue({ code: 'custom', message: problem, path: [key], input: value });
    }
  });
}
