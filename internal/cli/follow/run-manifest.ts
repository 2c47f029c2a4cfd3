import { UsageError } from '../errors.ts';
import { parseKeyValues } from '../files/key-values.ts';
import type { Options } from '../options.ts';

/** What `run` and `create` send: fields that were not given are absent. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: Record<string, unknown>;
  spec: Record<string, unknown>;
}

/** Name of the only task of `run`. */
export const TASK_NAME = 'main';

/**
 * The job of one task that `run` makes. The task is listed, not counted: so nothing in its arguments,
 * such as `$(INDEX)`, is replaced.
 * @param variables of files; `--env` stands above them.
 */
export function runManifest(
  image: string,
  args: readonly string[],
  options: Options,
  variables: Readonly<Record<string, string>>,
): Manifest {
  const name = options.text('name');
  const labels = parseKeyValues(options.list('label'), '--label');
  return {
    apiVersion: 'swarmer/v1',
    kind: 'Job',
    metadata: {
      ...(name === undefined ? { generateName: 'run-' } : { name }),
      ...(Object.keys(labels).length > 0 ? { labels } : {}),
    },
    spec: { image, backoffLimit: 0, tasks: [taskOf(args, options, variables)] },
  };
}

function taskOf(
  args: readonly string[],
  options: Options,
  variables: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const env = { ...variables, ...parseKeyValues(options.list('env'), '--env') };
  const timeoutSeconds = secondsOf(options, 'timeout');
  if (options.flag('command') && args.length === 0) {
    throw new UsageError('--command needs a command after --');
  }
  const words = args.length === 0 ? {} : { [options.flag('command') ? 'command' : 'args']: args };
  return {
    name: TASK_NAME,
    ...words,
    ...(Object.keys(env).length > 0 ? { env } : {}),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  };
}

/** A span in whole seconds, rounded up. */
function secondsOf(options: Options, name: string): number | undefined {
  const ms = options.duration(name);
  if (ms === 0) throw new UsageError(`--${name} must be more than 0`);
  return ms === undefined ? undefined : Math.ceil(ms / 1000);
}
