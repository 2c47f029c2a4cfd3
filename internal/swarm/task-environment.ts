import type { ServiceRequest } from './service-spec.ts';

/** Longest `NAME=value` that Linux hands to a process (MAX_ARG_STRLEN, its final NUL included). */
const MAX_ENTRY_BYTES = 128 * 1024;

/**
 * The environment that every task gets: the original Swarmer's names, and ours beside them
 * (design: Compatibility). `RUN_ARGS` is absent without arguments, and lossy where they hold commas;
 * `SWARMER_TASK_ARGS` is not. Either is left out when it is too long to start a process with: the
 * arguments reach the process as its own all the same.
 */
export function taskEnvironment({
  id,
  job,
  task,
  reportUrl,
  traceparent,
}: ServiceRequest): string[] {
  const entries: [string, string][] = [
    ['TASK_NAME', task.name],
    ['SWARMER_JOB_ID', id.jobUid],
    ['SWARMER_TASK_INDEX', String(id.index)],
    ['SWARMER_ATTEMPT', String(id.attempt)],
    ['SWARMER_OUTPUT_LIMIT_BYTES', String(job.outputLimitBytes)],
    ['SWARMER_TASK_ARGS', JSON.stringify(task.args)],
  ];
  if (reportUrl !== undefined) entries.push(['SWARMER_ADDRESS', reportUrl]);
  if (traceparent !== undefined) entries.push(['TRACEPARENT', traceparent]);
  if (task.args.length > 0) entries.push(['RUN_ARGS', task.args.join(',')]);
  const own = Object.entries({ ...job.env, ...task.env });
  return [...own, ...entries]
    .filter(fits)
    .map(([name, value]) => `${name}=${escapeTemplate(value)}`);
}

function fits([name, value]: [string, string]): boolean {
  return Buffer.byteLength(name) + Buffer.byteLength(value) + 2 <= MAX_ENTRY_BYTES;
}

/** The engine expands Go templates in environment values: an opening brace pair is made literal. */
function escapeTemplate(value: string): string {
  return value.replaceAll('{{', '{{"{{"}}');
}
