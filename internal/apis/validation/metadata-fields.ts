import * as z from 'zod';
import { breaking, breakingText, object } from './fields.ts';
import { LIMITS } from './rules.ts';
import { textMap } from './text-map.ts';

const NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const NAME_START = /^[a-z0-9][-a-z0-9]*$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const LABEL_KEY =
  /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const LABEL_RULE = 'at most 63 letters, digits, "-", "_" and ".", a letter or digit first and last';
const RESERVED_PREFIX = 'swarmer.';

/** A name of at most `most` characters, in the form of a DNS label. */
function nameOf(most: number, what = 'a name') {
  const rule = `${what} of 1 to ${most} of a-z, 0-9 and "-", a letter or digit first and last`;
  return z
    .string({ error: breakingText(rule) })
    .refine((text) => text.length <= most && NAME.test(text), { error: breaking(rule) })
    .meta({ description: `Must be ${rule}.`, pattern: NAME.source, maxLength: most });
}

/** True for what can be the namespace, or the name of a job. */
export function isObjectName(text: string): boolean {
  return text.length <= LIMITS.nameChars && NAME.test(text);
}

function generateName(most: number) {
  const rule = `the beginning of a name: 1 to ${most} of a-z, 0-9 and "-", a letter or digit first`;
  return z
    .string({ error: breakingText(rule) })
    .refine((text) => text.length <= most && NAME_START.test(text), { error: breaking(rule) })
    .meta({ description: 'The server makes a name that begins so, a new one at every creation.' });
}

function labelProblem(key: string, value: string): string | undefined {
  if (key.startsWith(RESERVED_PREFIX))
    return `labels that begin with "${RESERVED_PREFIX}" are ours`;
  const name = key.slice(key.indexOf('/') + 1);
  if (key.length > 253 || name.length > 63 || !LABEL_KEY.test(key)) {
    return `a label's name must be ${LABEL_RULE}; a DNS name and "/" may stand before it`;
  }
  if (value.length > 63 || !LABEL_VALUE.test(value)) return `must be empty or ${LABEL_RULE}`;
  return undefined;
}

const ANNOTATION_CHARS = 16_384;
const annotationProblem = (key: string, value: string) =>
  key.length > 253 || value.length > ANNOTATION_CHARS
    ? `must be a name of at most 253 and a text of at most ${ANNOTATION_CHARS} characters`
    : undefined;

/** Beside those that begin with `SWARMER_`. */
const RESERVED_ENV = new Set(['TASK_NAME', 'RUN_ARGS', 'TRACEPARENT']);

/** Looks at names that the kernel, the engine or Swarmer give a meaning. */
function envProblem(name: string, value: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name)) {
    return 'the name of a variable must be letters, digits, "_", "." and "-", no digit first';
  }
  if (/^SWARMER_/.test(name) || RESERVED_ENV.has(name)) {
    return 'this variable is set by Swarmer: choose another name';
  }
  if (value.includes('\0') || Buffer.byteLength(value) > LIMITS.argBytes - name.length - 1) {
    return `must be a text of at most ${LIMITS.argBytes} bytes with its name, without NUL`;
  }
  return undefined;
}

export const labels = textMap('labels: a map of texts', labelProblem).meta({
  description: 'Names and short texts that objects are selected by.',
});
export const annotations = textMap('annotations: a map of texts', annotationProblem).meta({
  description: 'Texts for people and tools; Swarmer gives them no meaning.',
});
export const env = textMap('a map of variables, such as {NAME: "value"}', envProblem).meta({
  description: 'Environment variables by name.',
});

/** `metadata` as users write it. @param mostChars longest name of the kind. */
export function metadata(mostChars: number) {
  return object('an object with "name"', {
    namespace: nameOf(LIMITS.nameChars).optional(),
    name: nameOf(mostChars).optional(),
    generateName: generateName(mostChars - 6).optional(),
    labels: labels.optional(),
    annotations: annotations.optional(),
  }).meta({ description: 'What the object is called, and what it is found by.' });
}
