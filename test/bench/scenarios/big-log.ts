import { memoryMiB, resetPeak } from '../cost.ts';
import { RealEngine } from '../real-engine.ts';
import type { Scenario } from '../scenario.ts';

const BYTES = 1_000_000_000;
/** More than is kept: what any log takes is not what this one takes. */
const WARM_UP_BYTES = 4_000_000;
/** The first callback also has the parser of its client compiled, which takes 28 MiB for a moment. */
const WARM_UPS = 2;

export const bigLog: Scenario = {
  name: 'big-log',
  about: '1 GB printed by one task on a real engine: how much memory its collection takes',
  run: ({ shrink }) =>
    RealEngine.with(async (engine) => {
      const bytes = Math.round(BYTES / shrink);
      for (let i = 0; i < WARM_UPS; i++) await print(engine, WARM_UP_BYTES);
      const pid = engine.swarmer.pid ?? 0;
      resetPeak(pid);
      const before = memoryMiB(pid).now;
      const begun = performance.now();
      const [task] = (await print(engine, bytes)).tasks;
      // Of more than fits into the files on its node the first bytes are gone, and that is told.
      const { stdout_bytes = 0, log } = task?.result ?? {};
      const isAll = stdout_bytes === bytes || (log === 'partial' && (stdout_bytes ?? 0) > 0);
      if (!isAll) throw new Error(`not all: ${JSON.stringify(task).slice(0, 500)}`);
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

/** @returns what the callback brought: whoever asks for the result all the while costs memory too. */
async function print({ swarmer, receiver, image }: RealEngine, bytes: number) {
  const path = `/${bytes}`;
  const delivered = receiver.delivered(path);
  const command = ['sh', '-c', `head -c ${bytes} /dev/zero | tr '\\0' x`];
  const callback = { url: receiver.url(path) };
  await swarmer.create({ image, command, callback, tasks: [{ name: 'printer' }] });
  return (await delivered).body;
}
