import { expect, test } from 'vitest';
import { runCronJobs } from '../../internal/controller/cron-jobs.ts';
import { Policy } from '../../internal/policy/index.ts';
import type { Fence } from '../../internal/store/index.ts';
import { silent, type TestStore, useStore } from '../store/harness.ts';
import { cronSpec } from './course.ts';
import { RunningJobs } from './running-jobs.ts';

const newStore = useStore();
const HOURLY = cronSpec({ schedule: '0 * * * *' });
const HOUR_MS = 3_600_000;

/** Runs the loop until it first pauses. @returns whether it ended its term by itself. */
async function runToPause(store: TestStore, jobs: RunningJobs, fence: Fence): Promise<boolean> {
  const ended = new AbortController();
  let byItself = false;
  const end = () => {
    byItself = true;
    ended.abort();
  };
  const { clock } = store;
  await runCronJobs({
    policy: new Policy(),
    ...{ crons: jobs.crons, jobs: store.jobs, log: silent },
    term: { fence, signal: ended.signal, mayAct: () => !ended.signal.aborted, end },
    clock: {
      ...{ now: () => clock.now(), monotonic: () => clock.monotonic() },
      after: (ms, fn) => clock.after(ms, fn),
      sleep: async () => ended.abort(),
    },
  });
  return byItself;
}

test('many cron jobs that are due at once are fired without a pause', async () => {
  const store = newStore();
  const jobs = new RunningJobs(store, () => HOUR_MS);
  for (let i = 0; i < 250; i++) await jobs.add(`c${i}`, HOURLY);
  store.clock.advance(HOUR_MS);
  await runToPause(store, jobs, await store.lead());
  expect(await store.controller.activeJobs()).toHaveLength(250);
});

test('cron jobs that cannot be planned neither keep others waiting nor the loop busy', async () => {
  const store = newStore();
  const jobs = new RunningJobs(store, () => HOUR_MS);
  for (let i = 0; i < 5; i++) await jobs.add(`bad${i}`, { ...HOURLY, schedule: 'never' });
  await jobs.add('good', HOURLY);
  store.clock.advance(HOUR_MS);
  await runToPause(store, jobs, await store.lead());
  expect(await store.controller.activeJobs()).toHaveLength(1);
});

test('one that no longer leads ends its term, also when it has nothing but removals to do', async () => {
  const store = newStore();
  const jobs = new RunningJobs(store, () => HOUR_MS);
  const stale = await store.lead('first');
  await jobs.crons.deleteCronJob(await jobs.add('one', HOURLY));
  const leader = await store.lead('second');
  expect(await runToPause(store, jobs, stale)).toBe(true);
  expect(await jobs.crons.removedCronJobs()).toHaveLength(1);
  expect(await runToPause(store, jobs, leader)).toBe(false);
  expect(await jobs.crons.removedCronJobs()).toEqual([]);
});
