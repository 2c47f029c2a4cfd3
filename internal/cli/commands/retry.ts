import { ApiError } from '../api-error.ts';
import type { Context } from '../context.ts';
import { CliError, EXIT, UsageError } from '../errors.ts';
import { jobNameOf } from '../follow/job-name.ts';
import { kindOf } from '../kinds.ts';
import type { Options } from '../options.ts';
import { terminalSafe } from '../output/terminal-safe.ts';
import { jobPath } from '../path.ts';
import type { JobRetried, Resource } from '../resources.ts';
import { eachTarget, type Place } from '../steer/each-target.ts';
import { isRunning } from '../steer/post-verb.ts';

/** Runs the tasks of finished jobs again that did not succeed, or some of one job: all or none. */
export async function run(
  context: Context,
  args: readonly string[],
  options: Options,
): Promise<number> {
  const [given = '', ...tasks] = args;
  if (options.text('selector') === undefined && areTasks(given, tasks)) {
    const place = { namespace: await context.namespace(), name: jobNameOf(given) };
    await retry(context, place, tasks);
    return EXIT.ok;
  }
  return eachTarget(context, args, options, {
    kinds: ['jobs'],
    objection: (object) => isRunning(object) ?? hasSucceeded(object),
    act: (place) => retry(context, place),
  });
}

/** Jobs are several when a kind stands before all of them, or before each. */
function areTasks(first: string, others: readonly string[]): boolean {
  if (others.length === 0 || kindOf(first) !== undefined) return false;
  const slashed = others.filter((name) => name.includes('/'));
  if (slashed.length === 0) return true;
  if (slashed.length === others.length && first.includes('/')) return false;
  throw new UsageError(
    'give a job and its tasks, as in "retry report 16 17", or jobs, as in "retry jobs report build"',
  );
}

function hasSucceeded({ kind, status }: Resource): string | undefined {
  if (kind !== 'Job' || status.counts.succeeded < status.counts.total) return undefined;
  return 'has no task that did not succeed';
}

async function retry(
  context: Context,
  { namespace, name }: Pick<Place, 'namespace' | 'name'>,
  tasks?: readonly string[],
): Promise<void> {
  const client = await context.client();
  const body = tasks && { tasks };
  const sending = client.send<JobRetried>('POST', jobPath(namespace, name, ['retry']), body);
  const { retried } = (await sending.catch((error: unknown) => rethrow(error, tasks))).body;
  const count = retried === 1 ? '1 task' : `${retried} tasks`;
  context.printLine(terminalSafe(`job/${name} to be retried (${count})`));
}

/** What the server has against places of the body, by the tasks that were named there. */
function rethrow(error: unknown, tasks: readonly string[] = []): never {
  if (!(error instanceof ApiError)) throw error;
  const details = (error.problem.errors ?? []).flatMap(({ path, message }) => {
    const task = tasks[Number(/^tasks\[(\d+)\]$/.exec(path)?.[1] ?? Number.NaN)];
    return task === undefined ? [] : `task ${task}: ${message}`;
  });
  if (details.length === 0) throw error;
  throw new CliError('no task was retried', error.status === 400 ? EXIT.notFound : EXIT.error, [
    ...details,
    ...(error.status === 400
      ? ['several jobs are retried by "swarmerctl retry jobs NAME..."']
      : []),
  ]);
}
