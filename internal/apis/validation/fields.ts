import * as z from 'zod';
import { isImageReference } from './image-reference.ts';
import { WRITE_IN_QUOTES } from './path.ts';
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

/** The same for a value that must be a text: a number or the like in its place is told to be quoted. */
export function breakingText(rule: string) {
  return ({ input }: { input?: unknown }) => breaking(rule)({ input }) + quoteHint(input);
}

/** A text that follows a rule. */
export function text(rule: string, follows: (value: string) => boolean) {
  const error = breakingText(rule);
  return z.string({ error }).refine(follows, { error });
}

/** What to say of a value that could be a text. */
export function quoteHint(input: unknown): string {
  const isScalar = input === null || typeof input === 'number' || typeof input === 'boolean';
  return isScalar ? `; ${WRITE_IN_QUOTES}` : '';
}

/** The words that YAML 1.1 has for true and false; in YAML 1.2 they are texts. */
const WORDS_OF_1_1 = { true: /^(?:y|yes|on|true)$/i, false: /^(?:n|no|off|false)$/i };

export const flag = () =>
  z.boolean({
    error({ input }) {
      const words = breaking('true or false')({ input });
      if (typeof input !== 'string') return words;
      const meant = (['true', 'false'] as const).find((word) => WORDS_OF_1_1[word].test(input));
      if (meant === undefined) return words;
      return meant === input ? `${words}, without quotes` : `${words}; write ${meant}`;
    },
  });

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
