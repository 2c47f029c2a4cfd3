import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CronJobSpec } from '../../internal/apis/index.ts';
import { cronerTicks } from '../../internal/cron/testing/croner-ticks.ts';
import { Random } from '../chaos/random.ts';
import { codeOf, useStore } from '../store/harness.ts';
import { cronSpec } from './course.ts';
import { Fleet, type Toll } from './fleet.ts';
import { RunningJobs } from './running-jobs.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Two weeks, with a clock change in Berlin. */
const FROM = Date.UTC(2026, 2, 20, 11, 17);
const TO = FROM + 14 * 24 * HOUR_MS;
const RUNS = 4;

const SPECS: Record<string, Partial<CronJobSpec>> = {
  allow: { schedule: '0 */6 * * *', timeZone: 'Europe/Berlin' },
  forbid: { schedule: '30 2,9 * * *', timeZone: 'Europe/Berlin', concurrencyPolicy: 'Forbid' },
  replace: { schedule: '0 */8 * * *', concurrencyPolicy: 'Replace' },
  late: { schedule: '0 5 * * *', startingDeadlineSeconds: 600 },
};

interface Cron {
  uid: string;
  name: string;
  spec: CronJobSpec;
  /** Ticks that were started, in that order. */
  started: number[];
}

const newStore = useStore();
const toll: Toll = { killed: 0, cutOff: 0, takenOver: 0, fenced: 0 };

/** How long the job of a tick runs: from minutes to a day and a half, and never to the minute. */
function durationOf(tick: number): number {
  return ((tick / MINUTE_MS) % 2161) * MINUTE_MS + 1234;
}

/** What was to be started, told from when there was a leader at rest. */
function expected({ spec }: Cron, stops: readonly number[]): number[] {
  const ticks = cronerTicks(spec.schedule, spec.timeZone, FROM, TO);
  const { startingDeadlineSeconds: seconds = Number.POSITIVE_INFINITY, concurrencyPolicy } = spec;
  const started: number[] = [];
  let [decided, busyUntil] = [FROM, FROM];
  for (const stop of stops) {
    const tick = ticks.findLast((one) => one <= stop);
    if (tick === undefined || tick <= decided) continue;
    decided = tick;
    const forbidden = concurrencyPolicy === 'Forbid' && busyUntil > stop;
    if (forbidden || stop > tick + seconds * 1000) continue;
    busyUntil = stop + durationOf(tick);
    started.push(tick);
  }
  return started;
}

async function play(seed: number): Promise<void> {
  const random = new Random(`cron ${seed}`);
  const store = newStore();
  store.clock.jumpWall(FROM - store.clock.now());
  const crons: Cron[] = [];
  const jobs = new RunningJobs(store, (uid, tick) => {
    crons.find((cron) => cron.uid === uid)?.started.push(tick);
    return durationOf(tick);
  });
  for (const [name, given] of Object.entries(SPECS)) {
    const spec = cronSpec(given);
    crons.push({ uid: await jobs.add(name, spec), name, spec, started: [] });
  }
  const fleet = new Fleet(store, jobs, random);
  const stops: number[] = [];
  while (store.clock.now() < TO) {
    await fleet.settle();
    stops.push(store.clock.now());
    store.clock.jumpWall((await nextStop(jobs, random)) - store.clock.now());
    await jobs.endDue(await fleet.fence());
  }
  await fleet.settle();
  stops.push(store.clock.now());
  for (const cron of crons) await check(jobs, cron, stops);
  expect(await store.slots()).toBe(0);
  for (const key of ['killed', 'cutOff', 'takenOver', 'fenced'] as const)
    toll[key] += fleet.toll[key];

  /** The next thing that happens; or, when nobody is there for a while, some time after it. */
  async function nextStop(of: RunningJobs, by: Random): Promise<number> {
    const next = Math.min(await of.nextDue(), of.nextEnd());
    return Math.min(TO, by.chance(0.15) ? next + by.int(1, 1200) * MINUTE_MS : next);
  }

  async function check(of: RunningJobs, cron: Cron, at: readonly number[]): Promise<void> {
    const { uid, name, spec, started } = cron;
    expect({ name, started }).toEqual({ name, started: expected(cron, at) });
    expect(started).toHaveLength(new Set(started).size);
    const events = await of.crons.readCronEvents(uid, '', 10_000);
    expect(events.filter(({ type }) => type === 'JobStarted')).toHaveLength(started.length);
    const record = await of.crons.getCronJob(uid);
    const running = [...of.running.values()].filter((job) => job.cron === uid);
    expect(record?.cron.status.active.map((job) => job.uid)).toEqual(running.map((job) => job.uid));
    if (spec.concurrencyPolicy !== 'Allow') expect(running.length).toBeLessThanOrEqual(1);
    const finished = record?.siblings.filter(({ phase }) => !/Running|Gone/.test(phase)) ?? [];
    expect(finished.length).toBeLessThanOrEqual(4);
    // Kept awake by nothing, and woken by the next tick.
    const [next] = cronerTicks(spec.schedule, spec.timeZone, TO, TO + 48 * HOUR_MS);
    expect(Number(await store.redis.zscore(store.keys.cronsDue, uid))).toBe(next);
  }
}

test('two controllers that are killed, cut off and replaced at any call fire each tick once, and miss none in time', async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1 }), play), {
    ...{ numRuns: RUNS, endOnFailure: true },
  });
  for (const [what, count] of Object.entries(toll)) {
    expect({ what, enough: count > 10 }).toEqual({ what, enough: true });
  }
});

test('a leader that was replaced can write nothing of a cron job any more', async () => {
  const store = newStore();
  const jobs = new RunningJobs(store, () => 0);
  const uid = await jobs.add('one', cronSpec({ schedule: '0 * * * *' }));
  const stale = await store.lead('first');
  const record = await jobs.crons.getCronJob(uid);
  if (record === undefined) throw new Error('the cron job is not there');
  await store.lead('second');
  const before = await store.redis.dump(store.keys.cron(uid).cron);
  const event = { type: 'TickSkipped', message: 'the tick' } as const;
  expect(await codeOf(jobs.crons.fireCronJob(stale, record, { tick: 5, event }))).toBe('Fenced');
  expect(await codeOf(jobs.crons.scheduleCronJob(stale, record, 5))).toBe('Fenced');
  expect(await codeOf(jobs.crons.forgetCronJob(stale, uid, []))).toBe('Fenced');
  expect(await store.redis.dump(store.keys.cron(uid).cron)).toEqual(before);
});
