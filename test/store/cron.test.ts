import { describe, expect, test } from 'vitest';
import type { CronJobSpec } from '../../internal/apis/index.ts';
import { type CronStepOptions, stepCronJob } from '../../internal/controller/cron-jobs.ts';
import { Policy, type PolicyFile } from '../../internal/policy/index.ts';
import type { CronJobRecord, CronJobWrite, Fence } from '../../internal/store/index.ts';
import { cronSpec } from '../cron/course.ts';
import { CronWorld } from '../cron/cron-world.ts';
import { RunningJobs } from '../cron/running-jobs.ts';
import { codeOf, SPEC, silent, type TestStore, tasksOf, useStore } from './harness.ts';

const newStore = useStore();
const HOUR_MS = 3_600_000;
const HOURLY = cronSpec({ schedule: '0 * * * *' });
/** The clock of a test store begins at a full hour. */
const NOON = Date.UTC(2026, 0, 1);
const TICK = NOON + HOUR_MS;

/** A cron job in a store of its own, and what its controller works with. */
async function made(spec: CronJobSpec = HOURLY, policy: PolicyFile = {}) {
  const store = newStore();
  const fence = await store.lead();
  const jobs = new RunningJobs(store, () => HOUR_MS);
  const uid = await jobs.add('report', spec);
  const { crons } = jobs;
  const options: CronStepOptions = {
    ...{ crons, jobs: store.jobs, clock: store.clock, log: silent },
    policy: new Policy(policy),
    term: { fence, signal: new AbortController().signal, mayAct: () => true, end: () => undefined },
  };
  const read = () => readCron(jobs, uid);
  return { store, fence, jobs, crons, uid, read, step: () => stepCronJob(options, uid) };
}

async function readCron({ crons }: RunningJobs, uid: string): Promise<CronJobRecord> {
  const record = await crons.getCronJob(uid);
  if (record === undefined) throw new Error(`cron job ${uid} is not there`);
  return record;
}

function writeOf({ cron, edits }: CronJobRecord, change: Partial<CronJobWrite> = {}): CronJobWrite {
  const { uid, namespace, name } = cron.metadata;
  const applied = { spec: {}, tasks: 0 };
  return {
    uid,
    edits,
    spec: cron.spec,
    meta: { namespace, name },
    applied,
    fromNow: false,
    ...change,
  };
}

/** Unix ms at which a cron job is to be planned; undefined when never. */
async function dueAt({ redis, keys }: TestStore, uid: string): Promise<number | undefined> {
  const score = await redis.zscore(keys.cronsDue, uid);
  return score === null ? undefined : Number(score);
}

const skip = (tick: number) =>
  ({ tick, event: { type: 'TickSkipped', reason: 'Forbidden', message: 'a tick' } }) as const;

describe('storing a cron job', () => {
  test('makes it be found, listed, and planned at once', async () => {
    const { store, crons, uid, read } = await made();
    expect(await crons.findCronJob('default', 'report')).toBe(uid);
    expect((await crons.listCronJobs({ after: '', limit: 10 })).crons).toHaveLength(1);
    expect((await read()).cron).toMatchObject({
      metadata: { uid, name: 'report', creationTimestamp: NOON, resourceVersion: 1 },
      status: { active: [] },
    });
    expect((await crons.cronWork(NOON, 10)).due).toEqual([uid]);
    expect(await dueAt(store, uid)).toBe(0);
  });

  test('is refused under a name that another one has, in the same namespace only', async () => {
    const { store, jobs, crons, read } = await made();
    const before = await store.redis.dbsize();
    expect(await codeOf(jobs.add('report', HOURLY))).toBe('NameTaken');
    expect(await store.redis.dbsize()).toBe(before);
    const { edits: _, ...write } = writeOf(await read());
    const meta = { namespace: 'other', name: 'report' };
    await crons.putCronJob({ ...write, uid: 'C2', meta });
    expect(await crons.findCronJob('other', 'report')).toBe('C2');
  });

  test('is refused when somebody else has changed it since it was read', async () => {
    const { crons, read } = await made();
    const seen = await read();
    await crons.putCronJob(writeOf(seen));
    expect(await codeOf(crons.putCronJob(writeOf(seen, { spec: cronSpec({}) })))).toBe('Conflict');
    expect((await read()).cron.spec).toEqual(HOURLY);
  });

  test('is refused when it is not of the version that was asked for', async () => {
    const { crons, read } = await made();
    const seen = await read();
    const { resourceVersion: version } = seen.cron.metadata;
    expect(await codeOf(crons.putCronJob(writeOf(seen, { version: version + 1 })))).toBe(
      'VersionMismatch',
    );
    await crons.putCronJob(writeOf(seen, { version }));
    expect((await read()).cron.metadata.resourceVersion).toBeGreaterThan(version);
  });

  test('has to find it: one that was removed does not come back', async () => {
    const { crons, uid, read } = await made();
    const seen = await read();
    await crons.deleteCronJob(uid);
    expect(await codeOf(crons.putCronJob(writeOf(seen)))).toBe('NotFound');
    expect(await codeOf(crons.deleteCronJob(uid))).toBe('NotFound');
    expect(await crons.getCronJob(uid)).toBeUndefined();
  });

  test('gives up the ticks before now when it was resumed or has another schedule', async () => {
    const { store, crons, read, step } = await made();
    store.clock.advance(HOUR_MS + 5);
    await crons.putCronJob(writeOf(await read(), { fromNow: true }));
    expect((await read()).effectiveFrom).toBe(TICK + 5);
    await step();
    expect((await read()).cron.status).toEqual({ active: [] });
    store.clock.advance(HOUR_MS);
    await step();
    expect((await read()).cron.status).toMatchObject({ lastScheduleTime: TICK + HOUR_MS });
  });
});

describe('a tick', () => {
  test('starts its job and is recorded, in one step', async () => {
    const { store, jobs, crons, uid, read, step } = await made();
    store.clock.advance(HOUR_MS);
    await step();
    await jobs.observe();
    const [job] = jobs.running.values();
    const name = `report-${TICK / 60_000}`;
    expect(job).toMatchObject({ cron: uid, tick: TICK });
    expect((await read()).cron.status).toEqual({
      ...{ lastScheduleTime: TICK, active: [{ name, uid: job?.uid }] },
    });
    expect((await store.jobs.getJob(job?.uid ?? ''))?.metadata).toMatchObject({
      ...{ name, annotations: { 'swarmer/scheduled-at': new Date(TICK).toISOString() } },
      ownerReference: { kind: 'CronJob', name: 'report', uid },
    });
    const events = await crons.readCronEvents(uid, '', 10);
    expect(events).toMatchObject([{ type: 'JobStarted', message: expect.stringContaining(name) }]);
  });

  test('is decided once: a second decision on the same view is refused', async () => {
    const { crons, uid, fence, read } = await made();
    const seen = await read();
    await crons.fireCronJob(fence, seen, skip(TICK));
    const again = crons.fireCronJob(fence, seen, skip(TICK));
    expect(await codeOf(again)).toBe('Conflict');
    expect(await crons.readCronEvents(uid, '', 10)).toHaveLength(1);
  });

  test('is not decided on what its user has changed meanwhile, or removed', async () => {
    const { crons, uid, fence, read } = await made();
    const seen = await read();
    await crons.putCronJob(writeOf(seen, { spec: { ...HOURLY, suspend: true } }));
    expect(await codeOf(crons.fireCronJob(fence, seen, skip(TICK)))).toBe('Conflict');
    const suspended = await read();
    await crons.deleteCronJob(uid);
    expect(await codeOf(crons.fireCronJob(fence, suspended, skip(TICK)))).toBe('Conflict');
    expect(await crons.getCronJob(uid)).toBeUndefined();
  });

  test('whose job somebody has made by hand is over, and says so', async () => {
    const { store, crons, uid, read, step } = await made();
    const meta = { namespace: 'default', name: `report-${TICK / 60_000}` };
    await store.jobs.submitJob({ uid: 'Jown', meta, spec: SPEC, tasks: tasksOf(['a']) });
    store.clock.advance(HOUR_MS);
    await step();
    expect((await read()).cron.status).toEqual({ lastScheduleTime: TICK, active: [] });
    expect(await crons.readCronEvents(uid, '', 10)).toMatchObject([
      { type: 'TickSkipped', reason: 'NameTaken', message: expect.stringContaining(meta.name) },
    ]);
    expect(await store.controller.activeJobs()).toEqual(['Jown']);
  });
});

describe('a tick that the operator does not let start', () => {
  test('is skipped with the rule, and the next one is looked at anew', async () => {
    const { store, crons, uid, read, step } = await made(HOURLY, {
      default: { images: { allow: ['registry.example.com/**'] } },
    });
    store.clock.advance(HOUR_MS);
    await step();
    expect((await read()).cron.status).toEqual({ lastScheduleTime: TICK, active: [] });
    expect(await crons.readCronEvents(uid, '', 10)).toMatchObject([
      {
        type: 'TickSkipped',
        reason: 'PolicyDenied',
        message: expect.stringMatching(/images\.allow/),
      },
    ]);
    expect(await store.controller.activeJobs()).toEqual([]);
  });

  test('is skipped for which the namespace has no room within its quota', async () => {
    const { store, crons, uid, step } = await made(HOURLY, { default: { quotas: { jobs: 1 } } });
    const meta = { namespace: 'default', name: 'other' };
    await store.jobs.submitJob({ uid: 'Jother', meta, spec: SPEC, tasks: tasksOf(['a']) });
    store.clock.advance(HOUR_MS);
    await step();
    expect(await crons.readCronEvents(uid, '', 10)).toMatchObject([
      { type: 'TickSkipped', reason: 'QuotaExceeded' },
    ]);
    expect(await store.controller.activeJobs()).toEqual(['Jother']);
    await store.jobs.cancelJob('Jother');
    store.clock.advance(HOUR_MS);
    await step();
    expect(await store.controller.activeJobs()).toHaveLength(2);
  });
});

describe('the time to plan a cron job again', () => {
  test('is noted, and with none it is never planned', async () => {
    const { store, crons, uid, fence, read } = await made();
    await crons.scheduleCronJob(fence, await read(), TICK);
    expect((await crons.cronWork(TICK - 1, 10)).due).toEqual([]);
    expect((await crons.cronWork(TICK, 10)).due).toEqual([uid]);
    await crons.scheduleCronJob(fence, await read(), undefined);
    expect(await dueAt(store, uid)).toBeUndefined();
  });

  test('is now when it was poked since it was read', async () => {
    const { store, crons, uid, fence, read } = await made();
    const seen = await read();
    await crons.putCronJob(writeOf(seen));
    await crons.scheduleCronJob(fence, seen, TICK);
    expect(await dueAt(store, uid)).toBe(0);
  });

  test('is not noted of one that was removed', async () => {
    const { store, crons, uid, fence, read } = await made();
    const seen = await read();
    await crons.deleteCronJob(uid);
    await crons.scheduleCronJob(fence, seen, TICK);
    expect(await dueAt(store, uid)).toBeUndefined();
    expect(await crons.getCronJob(uid)).toBeUndefined();
  });

  test('is when one of its jobs ends, also one that was made by hand', async () => {
    const { store, jobs, uid, fence, read, step } = await made();
    const meta = {
      ...{ namespace: 'default', name: 'report-now', annotations: {} },
      ownerReference: { kind: 'CronJob', name: 'report', uid } as const,
    };
    await store.jobs.submitJob({ uid: 'Jnow', meta, spec: SPEC, tasks: tasksOf(['a']) });
    await step();
    expect(await dueAt(store, uid)).toBe(TICK);
    store.clock.advance(5);
    await jobs.end(fence, 'Jnow', 'Complete');
    expect(await dueAt(store, uid)).toBe(0);
    await step();
    expect((await read()).cron.status).toEqual({ lastSuccessfulTime: NOON + 5, active: [] });
    expect(await dueAt(store, uid)).toBe(TICK);
  });
});

describe('history', () => {
  test.each([
    [3, 1],
    [0, 0],
  ])('keeps %i jobs that completed and %i that did not', async (successful, failed) => {
    const store = newStore();
    const world = new CronWorld(store, await store.lead(), NOON);
    const limits = { successfulJobsHistoryLimit: successful, failedJobsHistoryLimit: failed };
    const course = { name: 'report', spec: { ...HOURLY, ...limits }, duration: () => 60_000 };
    const uid = await world.add(course);
    await world.run(NOON + 12 * HOUR_MS + 30 * 60_000);
    // What was removed last is seen to be gone at the next tick.
    const { siblings, cron } = await readCron(world.jobs, uid);
    const count = (phase: string) => siblings.filter((job) => job.phase === phase).length;
    expect([count('Complete'), count('Failed'), count('Running')]).toEqual([successful, failed, 0]);
    expect((await world.happened(uid)).started).toHaveLength(12);
    const names = siblings.filter(({ phase }) => phase === 'Complete').map(({ name }) => name);
    const last = Array.from(
      { length: 12 },
      (_, i) => `report-${(NOON + (i + 1) * HOUR_MS) / 60_000}`,
    );
    expect(last.filter((name) => names.includes(name))).toEqual(names);
    expect(cron.status.lastSuccessfulTime).toBeGreaterThan(NOON + 10 * HOUR_MS);
  });
});

describe('a cron job that is removed', () => {
  test('takes its jobs with it, however many, and is then forgotten', async () => {
    const { store, jobs, crons, uid, fence } = await made();
    for (let i = 1; i <= 1005; i++) {
      const owner = { kind: 'CronJob', name: 'report', uid } as const;
      const meta = { namespace: 'default', name: `report-${i}`, ownerReference: owner };
      await store.jobs.submitJob({ uid: `J${i}`, meta, spec: SPEC, tasks: tasksOf(['only']) });
    }
    await crons.deleteCronJob(uid);
    await removeJobs(jobs, fence, store);
    expect((await crons.cronWork(0, 1)).removed).toEqual([]);
    expect(await store.redis.keys(`${store.prefix}*cron*:${uid}*`)).toEqual([]);
    expect(await store.redis.keys(`${store.prefix}job:*`)).toEqual([]);
  });

  test('frees its name at once', async () => {
    const { jobs, crons, uid } = await made();
    await crons.deleteCronJob(uid);
    expect(await crons.findCronJob('default', 'report')).toBeUndefined();
    const next = await jobs.add('report', HOURLY);
    expect(await crons.findCronJob('default', 'report')).toBe(next);
    expect((await crons.listCronJobs({ after: '', limit: 10 })).crons).toHaveLength(1);
  });
});

/** Does what the loop and the controller of jobs do, until nothing of a removed cron job is left. */
async function removeJobs({ crons }: RunningJobs, fence: Fence, store: TestStore): Promise<void> {
  const { jobs, controller, clock } = store;
  for (let round = 0; round < 10; round++) {
    const { removed } = await crons.cronWork(0, 1);
    if (removed.length === 0) return;
    for (const { uid, jobs: open, gone } of removed) {
      for (const job of open) {
        await jobs.deleteJob(job);
        const ending = { phase: 'Cancelled', reason: 'CancelRequested', message: '' } as const;
        await controller.endJob(fence, job, ending);
        await controller.completeJob(fence, job, clock.now());
        await controller.expireJob(fence, job, clock.now());
      }
      await crons.forgetCronJob(fence, uid, gone);
    }
  }
}
