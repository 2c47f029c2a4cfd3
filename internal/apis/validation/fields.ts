import * as z from 'zod';
import { isImageReference } from './image-reference.ts';
import { LIMITS, RULES } from './rules.ts';

const TASK_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const CREDENTIAL_NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
/** The URL parser drops or escapes these in silence; the URL would not be what was typed. */
const URL_AS_TYPED = /^https?:\/\/[^\s\p{Cc}]+$/iu;

/** The words for a value that breaks `rule`, and for one that is not there. */
export function breaking(rule: string) {
  return ({ input }: { input?: unknown }) =>
    input === undefined ? `is required and must be ${rule}` : `must be ${rule}`;
}

/** A text that follows a rule; a number or the like in its place is told to be quoted. */
export function text(rule: string, follows: (value: string) => boolean) {
  const error = ({ input }: { input?: unknown }) => {
    const hint = isScalar(input) ? `; write "${input}" in quotes` : '';
    return breaking(rule)({ input }) + hint;
  };
  return z.string({ error }).refine(follows, { error });
}

function isScalar(input: unknown): input is number | boolean {
  return typeof input === 'number' || typeof input === 'boolean';
}

export const flag = () => z.boolean({ error: breaking('true or false') });

export const imageName = text(RULES.imageName, isImageReference).meta({
  description: 'What every task runs: an image reference.',
  maxLength: LIMITS.imageNameChars,
});
export const credentialName = text(RULES.credentialName, isCredentialName).meta({
  description: "Name of a credential that the operator has set up for the image's registry.",
  pattern: CREDENTIAL_NAME.source,
  maxLength: LIMITS.nameChars,
});
export const requiredCallbackUrl = text(RULES.callbackUrl, isCallbackUrl).meta({
  description: 'Where the result of the job is sent when it has finished.',
  format: 'uri',
  maxLength: LIMITS.callbackUrlChars,
});
export const callbackUrl = requiredCallbackUrl.nullable();
export const taskName = text(RULES.taskName, isTaskName).meta({
  description: 'Unique within the job.',
  pattern: TASK_NAME.source,
  maxLength: LIMITS.taskNameChars,
});

function isCredentialName(value: string): boolean {
  return value.length <= LIMITS.nameChars && CREDENTIAL_NAME.test(value);
}

function isTaskName(value: string): boolean {
  return value.length <= LIMITS.taskNameChars && TASK_NAME.test(value);
}

function isCallbackUrl(value: string): boolean {
  if (value.length > LIMITS.callbackUrlChars || !URL_AS_TYPED.test(value)) return false;
  return URL.canParse(value);
}

/** An object with these fields and no others. */
export function object<T extends z.core.$ZodLooseShape>(rule: string, shape: T) {
  return z.strictObject(shape, { error: breaking(rule) });
}
