import { setTimeout as delay } from 'node:timers/promises';
import { memoryMiB, resetPeak } from '../cost.ts';
import { median } from '../figures.ts';
import { CONCURRENCY, Installation, PRINTS_A_LINE } from '../installation.ts';
import { alternate, ratios } from '../pairs.ts';
import type { Figure, Scenario } from '../scenario.ts';
import { measureWindow } from '../window.ts';

/** Tasks that are left in the queue when the measuring ends. */
const QUEUES = [1000, 10_000, 100_000, 1_000_000];
const WARM_UP_MS = 4000;
/** Most tasks that may be done in a second. */
const MOST_PER_SECOND = 2500;

/** An installation whose queue stays longer than `pending`. */
class Queue {
  readonly pending: number;
  readonly at: Installation;
  readonly peaks: number[] = [];
  bytesPerTask = Number.NaN;
  #uid = '';
  #total = 0;

  constructor(pending: number, at: Installation) {
    this.pending = pending;
    this.at = at;
  }

  async fill(): Promise<void> {
    const memory = async () =>
      Number(/^used_memory:(\d+)/m.exec(await this.at.db.info('memory'))?.[1]);
    const before = await memory();
    this.#uid = await this.at.submit(this.pending);
    this.#total = this.pending;
    this.bytesPerTask = ((await memory()) - before) / this.pending;
  }

  /** @returns lifecycles a second, in a window in which the queue does not get shorter than `pending`. */
  async rate(seconds: number): Promise<number> {
    const needed = MOST_PER_SECOND * (seconds + WARM_UP_MS / 1000);
    const left = this.#total - (await this.at.succeeded(this.#uid)) - this.pending;
    const missing = Math.max(0, needed - left);
    await this.at.add(this.#uid, this.#total, missing);
    this.#total += missing;
    await this.at.controller.start();
    const { controller } = this.at.pids;
    await delay(WARM_UP_MS);
    resetPeak(controller);
    const { rate } = await measureWindow(this.at, this.#uid, seconds);
    this.peaks.push(memoryMiB(controller).peak);
    await this.at.controller.end();
    return rate;
  }
}

export const growth: Scenario = {
  name: 'growth',
  about:
    'lifecycles a second, as `lifecycles`, with 1, 10, 100 and 1,000 times 1,000 tasks pending',
  run: ({ rounds, seconds, shrink }) =>
    Installation.several(
      QUEUES.length,
      { concurrency: CONCURRENCY, behaviour: PRINTS_A_LINE },
      async (installations) => {
        const queues = installations.map((at, i) => new Queue((QUEUES[i] ?? 1) / shrink, at));
        for (const queue of queues) await queue.fill();
        const ways = queues.map((queue) => [
          String(queue.pending),
          () => queue.rate(Math.ceil(seconds / 4)),
        ]);
        const rates = await alternate(rounds, Object.fromEntries(ways));
        const series = queues.map((queue) => rates[String(queue.pending)] ?? []);
        const longest = queues.at(-1);
        const figures: Figure[] = queues.map(({ pending }, i) => ({
          ...{ name: `lifecycles, ${pending} pending`, unit: '1/s', values: series[i] ?? [] },
        }));
        return {
          figures: [
            ...figures,
            {
              ...{ name: 'longest / shortest queue', unit: 'ratio' },
              values: ratios(series.at(-1) ?? [], series[0] ?? []),
              aim: { of: 'median', atLeast: 0.9 },
            },
            {
              ...{ name: 'peak memory of the controller', unit: 'MiB' },
              values: longest?.peaks ?? [],
              aim: { of: 'max', atMost: 256 },
            },
            {
              ...{ name: 'Redis memory of a pending task', unit: 'bytes' },
              values: [longest?.bytesPerTask ?? Number.NaN],
              aim: { of: 'max', atMost: 400 },
            },
          ],
          plots: [
            {
              ...{ name: 'growth', title: 'Complete lifecycles a second, by what is queued' },
              x: { label: 'tasks pending', log: true },
              y: { label: 'lifecycles / s' },
              curves: [
                {
                  name: 'Swarmer',
                  points: queues.map(
                    ({ pending }, i) => [pending, median(series[i] ?? [])] as const,
                  ),
                },
              ],
            },
          ],
        };
      },
    ),
};
