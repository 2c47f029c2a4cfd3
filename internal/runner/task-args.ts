import type { Env } from './env.ts';
import { NotStarted, STATUS } from './errors.ts';

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/**
 * The task's arguments as the server put them into the environment: `SWARMER_TASK_ARGS` (a JSON
 * array) when it is there, else `RUN_ARGS`, the original client's form. `RUN_ARGS` is lossy: a comma
 * within an argument splits it, and one empty argument is none.
 *
 * @throws NotStarted (125) when `SWARMER_TASK_ARGS` is not a JSON array of strings: to fall back on
 * the lossy form could run the command with other arguments than the task's.
 */
export function readTaskArgs(env: Env): string[] {
  const json = env['SWARMER_TASK_ARGS'];
  if (json === undefined) return env['RUN_ARGS'] ? env['RUN_ARGS'].split(',') : [];
  const args = parse(json);
  if (isStrings(args)) return args;
  throw new NotStarted(
    STATUS.runnerFailed,
    'SWARMER_TASK_ARGS is not a JSON array of strings; Swarmer sets it, so let no image, job or wrapper override it',
  );
}
