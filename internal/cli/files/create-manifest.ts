import { UsageError } from '../errors.ts';
import type { Options } from '../options.ts';
import { parseKeyValues } from './key-values.ts';

/** The manifest that `create job` makes of its options; what was not given is absent. */
export function jobManifest(name: string, args: readonly string[], options: Options) {
  return {
    apiVersion: 'swarmer/v1',
    kind: 'Job' as const,
    metadata: metadataOf(name, options),
    spec: specOf(args, options),
  };
}

/** The manifest that `create cronjob` makes. */
export function cronJobManifest(name: string, args: readonly string[], options: Options) {
  const schedule = options.text('schedule');
  if (schedule === undefined) throw new UsageError('--schedule is needed, such as "*/5 * * * *"');
  const timeZone = options.text('timeZone');
  return {
    apiVersion: 'swarmer/v1',
    kind: 'CronJob' as const,
    metadata: metadataOf(name, options),
    spec: {
      schedule,
      ...(timeZone === undefined ? {} : { timeZone }),
      jobTemplate: { spec: specOf(args, options) },
    },
  };
}

function metadataOf(name: string, options: Options): Record<string, unknown> {
  const labels = parseKeyValues(options.list('label'), '--label');
  return { name, ...(Object.keys(labels).length > 0 ? { labels } : {}) };
}

function specOf(args: readonly string[], options: Options): Record<string, unknown> {
  const image = options.text('image');
  if (image === undefined) throw new UsageError('--image is needed, such as --image alpine:3.20');
  const env = parseKeyValues(options.list('env'), '--env');
  const [completions, parallelism] = [options.whole('completions'), options.whole('parallelism')];
  return {
    image,
    ...(args.length > 0 ? { args } : {}),
    ...(Object.keys(env).length > 0 ? { env } : {}),
    ...(completions === undefined ? {} : { completions }),
    ...(parallelism === undefined ? {} : { parallelism }),
  };
}
