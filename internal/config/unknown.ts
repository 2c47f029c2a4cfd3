import { closest } from 'fastest-levenshtein';
import type { Env } from './read-text.ts';

const PREFIX = 'SWARMER_';

/** What tasks and `swarmerctl` are told. Seen by a server that itself runs as a task: no mistake. */
const NOT_OURS = new Set([
  'SWARMER_ADDRESS',
  'SWARMER_JOB_ID',
  'SWARMER_TASK_INDEX',
  'SWARMER_ATTEMPT',
  'SWARMER_TASK_ARGS',
  'SWARMER_SERVER',
  'SWARMER_TOKEN',
  'SWARMER_REPORT_TIMEOUT_SECONDS',
]);

/** One line for each variable that looks like ours and is none: most often a slip of the pen. */
export function unknownVariables(env: Env, names: readonly string[]): string[] {
  const known = new Set(names.flatMap((name) => [name, `${name}_FILE`]));
  const candidates = [...known].filter((name) => name.startsWith(PREFIX));
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !known.has(name) && !NOT_OURS.has(name))
    .sort()
    .map((name) => `${name}: there is no such setting; did you mean ${closest(name, candidates)}?`);
}
