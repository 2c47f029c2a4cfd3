import type { Context } from '../context.ts';
import type { Options } from '../options.ts';
import { nameOf } from '../output/print-data.ts';
import { cronJobPath } from '../path.ts';
import type { Job } from '../resources.ts';
import { eachTarget } from '../steer/each-target.ts';

/** Makes a job of each cron job now, whatever its schedule says. */
export async function run(
  context: Context,
  args: readonly string[],
  options: Options,
): Promise<number> {
  const client = await context.client();
  return eachTarget(context, args, options, {
    kinds: ['cronjobs'],
    async act({ namespace, name }) {
      const { body } = await client.send<Job>('POST', cronJobPath(namespace, name, ['trigger']));
      context.printLine(`${nameOf({ ...body, kind: 'Job' })} created`);
    },
  });
}
