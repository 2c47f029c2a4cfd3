import { memoryMiB, resetPeak } from '../cost.ts';
import { RealEngine } from '../real-engine.ts';
import type { Scenario } from '../scenario.ts';

const BYTES = 1_000_000_000;
const WARM_UP_BYTES = 4_000_000;

export const bigLog: Scenario = {
  name: 'big-log',
  about: '1 GB printed by one task on a real engine: how much memory its collection takes',
  run: ({ shrink }) =>
    RealEngine.with(async ({ swarmer, image }) => {
      const bytes = Math.round(BYTES / shrink);
      // More than is kept: what any log takes is not what this one takes.
      await swarmer.finished(await swarmer.create(printing(image, WARM_UP_BYTES)));
      const pid = swarmer.pid ?? 0;
      resetPeak(pid);
      const before = memoryMiB(pid).now;
      const begun = performance.now();
      const body = await swarmer.finished(await swarmer.create(printing(image, bytes)), 1_800_000);
      const [task] = body.tasks;
      if (task?.result.stdout_bytes !== bytes) throw new Error(`not all: ${JSON.stringify(task)}`);
      return {
        figures: [
          {
            ...{ name: 'memory growth of the server', unit: 'MiB' },
            values: [memoryMiB(pid).peak - before],
            aim: { of: 'max', atMost: 32 },
          },
          { name: 'from POST to the end', unit: 's', values: [(performance.now() - begun) / 1000] },
        ],
      };
    }),
};

function printing(image: string, bytes: number): object {
  const command = ['sh', '-c', `head -c ${bytes} /dev/zero | tr '\\0' x`];
  return { image, command, tasks: [{ name: 'printer' }] };
}
