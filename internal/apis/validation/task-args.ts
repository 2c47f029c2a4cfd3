import * as z from 'zod';
import { quoteHint } from './fields.ts';
import { LIMITS, RULES } from './rules.ts';

/** UTF-8 has no form for half a surrogate pair: it would not reach the process as typed. */
const HALF_PAIR = /\p{Surrogate}/u;

/**
 * The arguments of a task. By hand and not by `z.array`: the length is looked at before the
 * elements, so that an array of millions costs nothing.
 */
export const taskArgs = z
  .custom<string[]>()
  .superRefine(checkArgs)
  .meta({
    type: 'array',
    items: { type: 'string' },
    maxItems: LIMITS.argsPerTask,
  });

function checkArgs(value: unknown, context: z.core.$RefinementCtx): void {
  const refuse = (message: string, path: number[] = []) =>
    context.addIssue({ code: 'custom', message, path, input: value });
  if (!Array.isArray(value) || value.length > LIMITS.argsPerTask) {
    refuse(`must be ${RULES.taskArgs}`);
    return;
  }
  let bytes = 0;
  for (const [index, arg] of value.entries()) {
    const size = argBytes(arg);
    if (size === undefined) refuse(argMessage(arg), [index]);
    bytes += size ?? 0;
  }
  if (bytes > LIMITS.argsBytes) refuse(`must be ${RULES.taskArgsBytes}, but has ${bytes}`);
}

/** Length in bytes, or undefined when it is no argument. */
function argBytes(arg: unknown): number | undefined {
  if (typeof arg !== 'string' || arg.length > LIMITS.argBytes) return undefined;
  if (arg.includes('\0') || HALF_PAIR.test(arg)) return undefined;
  const length = Buffer.byteLength(arg);
  return length > LIMITS.argBytes ? undefined : length;
}

function argMessage(arg: unknown): string {
  return `must be ${RULES.taskArg}${quoteHint(arg)}`;
}
