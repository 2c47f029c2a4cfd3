import type { Context } from '../context.ts';
import type { Options } from '../options.ts';
import { describeCronJob } from '../read/describe-cron-job.ts';
import { describeJob } from '../read/describe-job.ts';
import { readTargets } from '../targets.ts';

/** Shows all about jobs and cron jobs, for people. */
export async function run(
  context: Context,
  args: readonly string[],
  _: Options,
): Promise<undefined> {
  const { named } = await readTargets(args, ['jobs', 'cronjobs'], undefined);
  const namespace = await context.namespace();
  for (const [at, { kind, name }] of named.entries()) {
    const describe = kind === 'jobs' ? describeJob : describeCronJob;
    const lines = await describe(context, namespace, name);
    if (at > 0) context.printLine('');
    context.print(`${lines.join('\n')}\n`);
  }
  return undefined;
}
