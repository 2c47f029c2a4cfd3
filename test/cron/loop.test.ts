import { expect, test } from 'vitest';
import { Bell } from '../../internal/clock/bell.ts';
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
  return await run(store, jobs, fence, (_ms, stop) => stop());
}

/** @param pause is called for each pause with its length. @returns whether it ended its term by itself. */
async function run(
  store: TestStore,
  jobs: RunningJobs,
  fence: Fence,
  pause: (ms: number, stop: () => void) => void,
): Promise<boolean> {
  const ended = new AbortController();
  let byItself = false;
  const end = () => {
    byItself = true;
    ended.abort();
  };
  const { clock } = store;
  await runCronJobs({
    policy: new Policy(),
    bell: new Bell(),
    ...{ crons: jobs.crons, jobs: store.jobs, log: silent },
    term: { fence, signal: ended.signal, mayAct: () => !ended.signal.aborted, end },
    clock: {
      ...{ now: () => clock.now(), monotonic: () => clock.monotonic() },
      after: (ms, fn) => clock.after(ms, fn),
      sleep: async (ms) => {
        clock.advance(ms);
        pause(ms, () => ended.abort());
      },
    },
  });
  return byItself;
}

/** The pauses of the loop, until there are `count`. */
async function pauses(store: TestStore, jobs: RunningJobs, count: number): Promise<number[]> {
  const all: number[] = [];
  await run(store, jobs, await store.lead(), (ms, stop) => {
    if (all.push(ms) === count) stop();
  });
  return all;
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
  expect((await jobs.crons.cronWork(0, 1)).removed).toHaveLength(1);
  expect(await runToPause(store, jobs, leader)).toBe(false);
  expect((await jobs.crons.cronWork(0, 1)).removed).toEqual([]);
});

test('the loop rests for 5 s while nothing is due, and until the next tick when that comes before', async () => {
  const store = newStore();
  const jobs = new RunningJobs(store, () => HOUR_MS);
  const [first = 0, second] = await pauses(store, jobs, 2);
  expect(first).toBeLessThanOrEqual(5020);
  expect(second).toBe(5000);
  await jobs.add('hourly', HOURLY);
  // It is planned at the first look; after that nothing is due.
  store.clock.jumpWall(HOUR_MS - (store.clock.now() % HOUR_MS) - 3500);
  const [planned = 0, toTick] = await pauses(store, jobs, 2);
  expect(planned).toBeLessThanOrEqual(1020);
  expect(toTick).toBe(3500 - planned);
  expect(await store.controller.activeJobs()).toEqual([]);
  await runToPause(store, jobs, await store.lead());
  expect(await store.controller.activeJobs()).toHaveLength(1);
});

test('a ring ends the rest: no time passes until what was written is seen to', async () => {
  const store = newStore();
  const jobs = new RunningJobs(store, () => HOUR_MS);
  const { clock } = store;
  let rested = () => {};
  const resting = new Promise<void>((resolve) => {
    rested = resolve;
  });
  const term = new AbortController();
  const bell = new Bell();
  const loop = runCronJobs({
    ...{ crons: jobs.crons, jobs: store.jobs, policy: new Policy(), log: silent, bell },
    term: { fence: await store.lead(), signal: term.signal, mayAct: () => true, end: () => {} },
    clock: {
      ...{ now: () => clock.now(), monotonic: () => clock.monotonic() },
      after: (ms, fn) => clock.after(ms, fn),
      sleep: (ms, signal) => {
        rested();
        return clock.sleep(ms, signal);
      },
    },
  });
  await resting;
  const uid = await jobs.add('one', HOURLY);
  bell.ring();
  const due = () => store.redis.zscore(store.keys.cronsDue, uid);
  await expect.poll(due, { timeout: 20_000 }).not.toBe('0');
  term.abort();
  await loop;
});
