import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../../lab/wait.ts';
import { CONCURRENCY, Installation, PRINTS_A_LINE } from '../installation.ts';
import type { Scenario } from '../scenario.ts';
import { firstWaits, outOfOrder } from '../waits.ts';

const BIG = 1_000_000;
const SMALL_JOBS = 10_000;
const TASKS = 10;
const SUBMITTERS = 4;
const WARM_UP_MS = 4000;
/** Jobs of different priorities, and their tasks; together they fit into the log of changes. */
const RANKED = { jobs: 200, tasks: 10, priorities: 20, slots: 4 };

async function submitJob(at: Installation, tasks: number, priority = 0): Promise<string> {
  const listed = Array.from({ length: tasks }, (_, i) => ({ name: `t${i}` }));
  return at.api.create({ image: 'busybox', priority, tasks: listed });
}

/** All of them, as fast as `SUBMITTERS` clients can. */
async function submitMany(at: Installation, count: number): Promise<string[]> {
  const uids: string[] = [];
  let begun = 0;
  const submitter = async () => {
    while (begun++ < count) uids.push(await submitJob(at, TASKS));
  };
  await Promise.all(Array.from({ length: SUBMITTERS }, submitter));
  return uids;
}

function inOrder(jobs: number) {
  const { slots: concurrency } = RANKED;
  return Installation.with({ concurrency, behaviour: {} }, (at) => runRanked(at, jobs));
}

async function runRanked(at: Installation, jobs: number) {
  const ranked = new Map<string, { tasks: number; priority: number }>();
  for (let i = 0; i < jobs; i++) {
    const priority = (i * 7) % RANKED.priorities;
    const { tasks } = RANKED;
    ranked.set(await submitJob(at, tasks, priority), { tasks, priority });
  }
  await at.controller.start();
  const all = jobs * RANKED.tasks;
  const order = () => outOfOrder(at, ranked, RANKED.slots);
  const isClaimed = async () => (await order()).claims === all;
  await waitFor(isClaimed, { what: `${all} claims`, timeoutMs: 600_000, intervalMs: 1000 });
  return await order();
}

export const smallJobs: Scenario = {
  name: 'small-jobs',
  about:
    `${SMALL_JOBS} jobs of ${TASKS} tasks, submitted while one of ${BIG} runs: how long each waits for its ` +
    'first service; and whether tasks start in the order of the priorities of their jobs',
  run: async ({ shrink }) => {
    const { claims, wrong } = await inOrder(Math.ceil(RANKED.jobs / shrink));
    const options = { concurrency: CONCURRENCY, behaviour: PRINTS_A_LINE };
    return Installation.with(options, async (at) => {
      const big = await at.submit(Math.ceil(BIG / shrink));
      await at.controller.start();
      await delay(WARM_UP_MS);
      const begun = performance.now();
      const small = await submitMany(at, Math.ceil(SMALL_JOBS / shrink));
      const submitMs = performance.now() - begun;
      const waits = async () => {
        const found = await firstWaits(at, small);
        return found.length === small.length ? found : undefined;
      };
      const all = await waitFor(waits, {
        ...{ what: 'a service of every small job', timeoutMs: 600_000, intervalMs: 2000 },
      });
      return {
        figures: [
          {
            ...{ name: 'wait for the first service', unit: 's' },
            values: all.map((ms) => ms / 1000),
            aim: { of: 'median', atMost: 2 },
          },
          { name: 'small jobs submitted', unit: '1/s', values: [(small.length / submitMs) * 1000] },
          { name: 'tasks of the big job by then', unit: '', values: [await at.succeeded(big)] },
          {
            ...{ name: `claims against the priorities, of ${claims}`, unit: '', values: [wrong] },
            aim: { of: 'max', atMost: 0 },
          },
        ],
      };
    });
  },
};
