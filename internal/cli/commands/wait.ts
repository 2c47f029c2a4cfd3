import type { Context } from '../context.ts';
import { parseGoal } from '../follow/goal.ts';
import { jobNameOf } from '../follow/job-name.ts';
import { waitForJobs } from '../follow/wait-for-jobs.ts';
import type { Options } from '../options.ts';

/** Waits until jobs are so, or can no longer be. */
export async function run(
  context: Context,
  args: readonly string[],
  options: Options,
): Promise<undefined> {
  const goal = parseGoal(options.text('for') ?? 'complete');
  await waitForJobs(await context.client(), {
    namespace: await context.namespace(),
    names: [...new Set(args.map(jobNameOf))],
    goal,
    timeoutMs: options.duration('timeout'),
    clock: context.io.clock,
    signal: context.signal,
    onMet: (name) =>
      context.printLine(`job/${name} ${goal.kind === 'delete' ? 'deleted' : 'condition met'}`),
  });
  return undefined;
}
