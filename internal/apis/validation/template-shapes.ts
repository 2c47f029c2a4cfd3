import { posix } from 'node:path';
import * as z from 'zod';
import { quoteHint, text } from './fields.ts';
import { issuesOf } from './issues.ts';
import { LIMITS } from './rules.ts';
import { textMap } from './text-map.ts';

const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;
/** As swarm names secrets and configs (swarmkit: manager/controlapi/secret.go). */
const SWARM_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const DRIVER = /^[A-Za-z0-9][A-Za-z0-9._:/-]*$/;

/**
 * The engine expands Go templates in host names and mounts, on the node and with what it knows of it:
 * nothing that was looked at here would be what is used there.
 */
function isLiteral(value: string): boolean {
  return !value.includes('{{');
}

const NO_TEMPLATE = 'must not hold "{{": the engine would expand it';

/** @returns what is wrong with a text of an option, if anything. */
export function optionProblem(key: string, value: string): string | undefined {
  if (key === '' || key.length > LIMITS.optionNameChars || /[=\0\s]/.test(key)) {
    return `the name of an option must be 1 to ${LIMITS.optionNameChars} characters, without "=" or spaces`;
  }
  if (value.length > LIMITS.optionChars || value.includes('\0')) {
    return `must be a text of at most ${LIMITS.optionChars} characters, without NUL`;
  }
  return undefined;
}

/** As `optionProblem`, where the engine expands templates. */
export function literalProblem(key: string, value: string): string | undefined {
  return isLiteral(value) ? optionProblem(key, value) : NO_TEMPLATE;
}

const LABELS_OF_OTHERS = ['swarmer.', 'com.docker.swarm.'];

export const containerLabels = textMap('labels: a map of texts', (key, value) => {
  const prefix = LABELS_OF_OTHERS.find((it) => key.toLowerCase().startsWith(it));
  if (prefix === undefined) return optionProblem(key, value);
  const owner = prefix === 'swarmer.' ? 'ours' : "the engine's";
  return `labels that begin with "${prefix}" are ${owner}`;
});

export function isHost(value: string): boolean {
  return value.length <= LIMITS.hostChars && HOST.test(value);
}

export function isSwarmName(value: string): boolean {
  return value.length <= LIMITS.swarmNameChars && SWARM_NAME.test(value);
}

export const driverName = text(
  'the name of a driver such as "local"',
  (name) => name.length <= LIMITS.hostChars && DRIVER.test(name),
);

/** An absolute path that the engine takes as it stands. */
export function isAbsolutePath(value: string): boolean {
  if (value.length > LIMITS.pathChars || value.includes('\0')) return false;
  return value.startsWith('/') && isLiteral(value);
}

/** A path in one spelling. */
export function normalPath(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

/** Below what the engine puts files whose targets are not absolute. */
export const FILES_BELOW = { secret: '/run/secrets', config: '/' } as const;

/** Where the engine puts the file of a secret or a config. */
export function filePath(what: keyof typeof FILES_BELOW, target: string): string {
  return posix.resolve(FILES_BELOW[what], target);
}

export const octalMode = text(
  'a file mode in octal and in quotes, such as "0440"',
  (mode) => /^0?[0-7]{3,4}$/.test(mode) && mode.length <= 5,
);

/** A name, or an object that has more to say of what it names. */
export function nameOr<T extends z.ZodObject>(
  rule: string,
  follows: (name: string) => boolean,
  form: T,
) {
  const { $schema: _, ...schema } = z.toJSONSchema(form, { unrepresentable: 'any', io: 'input' });
  return z
    .custom<string | z.output<T>>()
    .superRefine((value: unknown, context) => {
      const refuse = (message: string, path: PropertyKey[] = []) =>
        context.addIssue({ code: 'custom', message, path, input: value });
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        if (typeof value !== 'string' || !follows(value))
          refuse(`must be ${rule}${quoteHint(value)}`);
        return;
      }
      const { error } = form.safeParse(value);
      if (error === undefined) return;
      for (const { path, message } of issuesOf(form, error)) refuse(message(), [...path]);
    })
    .meta({ anyOf: [{ type: 'string' }, schema] });
}

/** Refuses a second entry of a list with the same key. @param what the key is, for the message. */
export function unique<T>(keyOf: (entry: T) => string | undefined, what: string) {
  return (entries: readonly T[], context: z.core.$RefinementCtx) => {
    const first = new Map<string, number>();
    for (const [index, entry] of entries.entries()) {
      const key = keyOf(entry);
      if (key === undefined) continue;
      const earlier = first.get(key);
      if (earlier === undefined) first.set(key, index);
      else {
        const message = `has the same ${what} as entry ${earlier}`;
        context.addIssue({ code: 'custom', message, path: [index], input: entry });
      }
    }
  };
}
