import { describe, expect, test } from 'vitest';
import type { JobEnding } from '../../internal/apis/index.ts';
import { type ClaimedTask, type Fence, StoreError } from '../../internal/store/index.ts';
import { cancelledOf, codeOf, finalOf, first, SPEC, type TestStore, useStore } from './harness.ts';

const newStore = useStore();
const CALLBACK = { ...SPEC, callback: { url: 'http://receiver/done' }, ttlSecondsAfterFinished: 9 };
const TOO_SLOW: JobEnding = { phase: 'Failed', reason: 'DeadlineExceeded', message: 'too slow' };

/** Settles a task as failed at its attempt 3, after two that were lost. */
async function failThird(store: TestStore, fence: Fence, uid: string, task: ClaimedTask) {
  const next = { attempt: 3, losses: 2, failures: 0 };
  await store.settle(fence, uid, task, { kind: 'replace', next });
  await store.settle(fence, uid, { ...task, record: next }, finalOf(next, false));
}

/** A finished job: `a` and `c` succeeded, `b` failed at its third attempt. */
async function failed() {
  const store = newStore();
  const fence = await store.lead();
  const uid = await store.submit(['a', 'b', 'c'], CALLBACK);
  const [a, b, c] = await store.claim(fence, uid, 3);
  if (!a || !b || !c) throw new Error('three tasks were to be claimed');
  await store.settle(fence, uid, a, finalOf(a.record));
  await failThird(store, fence, uid, b);
  await store.settle(fence, uid, c, finalOf(c.record));
  await store.controller.completeJob(fence, uid, 1000);
  return { store, uid, fence };
}

/** Two of three tasks did not come to their end: the job ended when the first had succeeded. */
async function endedEarly({ suspended = false } = {}) {
  const store = newStore();
  const fence = await store.lead();
  const uid = await store.submit(['a', 'b', 'c'], CALLBACK);
  await store.controller.startJob(fence, uid, 100);
  const [a, b] = await store.claim(fence, uid, 2);
  if (!a || !b) throw new Error('two tasks were to be claimed');
  await store.settle(fence, uid, a, finalOf(a.record));
  if (suspended) await store.jobs.suspendJob(uid, true);
  await store.controller.endJob(fence, uid, TOO_SLOW);
  await store.settle(fence, uid, b, cancelledOf(b.record));
  await store.controller.completeJob(fence, uid, 1000);
  return { store, uid, fence };
}

async function statusOf(store: TestStore, uid: string) {
  const job = await store.jobs.getJob(uid);
  if (job === undefined) throw new StoreError('NotFound', 'the job is gone');
  return job.status;
}

describe('the failed tasks of a finished job, made to run again', () => {
  test('are pending once more, and what succeeded stays as it is', async () => {
    const { store, uid } = await failed();
    const before = await store.jobs.readTasks(uid, 0, 3);
    await store.jobs.retryFailed(uid);
    expect(await statusOf(store, uid)).toEqual({
      phase: 'Running',
      counts: { total: 3, pending: 1, active: 0, succeeded: 2, failed: 0, cancelled: 0 },
      conditions: [],
    });
    expect(await store.recount(uid)).toMatchObject({ pending: 1, succeeded: 2, failed: 0 });
    const after = await store.jobs.readTasks(uid, 0, 3);
    expect([after[0], after[2]]).toEqual([before[0], before[2]]);
    expect(after[1]).not.toHaveProperty('result');
    expect(await store.controller.activeJobs()).toEqual([uid]);
  });

  test('are the only ones that are claimed; their attempts go on, their budgets are new', async () => {
    const { store, uid, fence } = await failed();
    await store.jobs.retryFailed(uid);
    expect(await store.claim(fence, uid, 10)).toMatchObject([
      { index: 1, record: { attempt: 4, losses: 0, failures: 0, claimedAt: store.clock.now() } },
    ]);
    expect(await store.claim(fence, uid, 10)).toEqual([]);
    expect(await store.slots()).toBe(1);
  });

  test('run although the job was suspended when it ended', async () => {
    const { store, uid, fence } = await endedEarly({ suspended: true });
    await store.jobs.retryFailed(uid);
    expect((await store.jobs.getJob(uid))?.spec).not.toHaveProperty('suspend');
    expect(await statusOf(store, uid)).not.toHaveProperty('suspendedAt');
    expect(await store.claim(fence, uid, 10)).toHaveLength(2);
  });

  test('finish the job again, as another message', async () => {
    const { store, uid, fence } = await failed();
    await store.jobs.retryFailed(uid);
    expect((await store.jobs.getJob(uid))?.metadata.generation).toBe(2);
    const task = first(await store.claim(fence, uid, 1));
    await store.settle(fence, uid, task, finalOf(task.record));
    await store.controller.completeJob(fence, uid, 7000);
    expect(await statusOf(store, uid)).toMatchObject({
      phase: 'Complete',
      finishedAt: 7000,
      counts: { succeeded: 3, failed: 0 },
    });
    expect(await store.outbox.dueCallbacks(7000, 10)).toMatchObject([{ jobUid: uid, attempts: 0 }]);
    expect(await store.controller.expiredJobs(16_000, 10)).toEqual([uid]);
    expect(await codeOf(store.jobs.retryFailed(uid))).toBe('NothingToRetry');
  });

  test('take back the callback that waits, and the removal', async () => {
    const { store, uid } = await failed();
    await store.jobs.retryFailed(uid);
    expect(await store.outbox.nextCallbackAt()).toBeUndefined();
    expect(await store.controller.expiredJobs(9e15, 10)).toEqual([]);
  });

  test('may fail again, and be made to run again', async () => {
    const { store, uid, fence } = await failed();
    for (const [attempt, generation] of [
      [4, 2],
      [5, 3],
    ] as const) {
      await store.jobs.retryFailed(uid);
      const task = first(await store.claim(fence, uid, 9));
      expect(task).toMatchObject({ index: 1, record: { attempt } });
      await store.settle(fence, uid, task, finalOf(task.record, false));
      await store.controller.completeJob(fence, uid, 2000);
      expect((await store.jobs.getJob(uid))?.metadata.generation).toBe(generation);
      expect((await statusOf(store, uid)).counts).toMatchObject({ succeeded: 2, failed: 1 });
    }
  });

  test('after an early end are those that were stopped and those that never ran', async () => {
    const { store, uid, fence } = await endedEarly();
    expect(await statusOf(store, uid)).toMatchObject({ ending: TOO_SLOW, startTime: 100 });
    await store.jobs.retryFailed(uid);
    expect(await statusOf(store, uid)).toEqual({
      phase: 'Running',
      counts: { total: 3, pending: 2, active: 0, succeeded: 1, failed: 0, cancelled: 0 },
      conditions: [],
    });
    expect(await store.claim(fence, uid, 9)).toMatchObject([
      { index: 1, record: { attempt: 2 } },
      { index: 2, record: { attempt: 1 } },
    ]);
  });

  test('of a cancelled job run although it was cancelled', async () => {
    const store = newStore();
    const fence = await store.lead();
    const uid = await store.submit(['a'], CALLBACK);
    await store.jobs.cancelJob(uid);
    await store.controller.endJob(fence, uid, { ...TOO_SLOW, phase: 'Cancelled' });
    await store.controller.completeJob(fence, uid, 1000);
    await store.jobs.retryFailed(uid);
    const { suspend: _, ...spec } = (await store.jobs.getJob(uid))?.spec ?? {};
    expect(spec).toEqual(CALLBACK);
    expect(await store.claim(fence, uid, 1)).toMatchObject([{ index: 0 }]);
  });
});

describe('a retry is refused, and changes nothing,', () => {
  test('while the job runs', async () => {
    const store = newStore();
    const uid = await store.submit(['a'], CALLBACK);
    expect(await codeOf(store.jobs.retryFailed(uid))).toBe('Running');
    expect((await store.jobs.getJob(uid))?.metadata.generation).toBe(1);
  });

  test('when there is nothing to retry', async () => {
    const store = newStore();
    const fence = await store.lead();
    const uid = await store.submit(['a'], CALLBACK);
    const task = first(await store.claim(fence, uid, 1));
    await store.settle(fence, uid, task, finalOf(task.record));
    await store.controller.completeJob(fence, uid, 1000);
    const before = await store.jobs.getJob(uid);
    expect(await codeOf(store.jobs.retryFailed(uid))).toBe('NothingToRetry');
    expect(await store.jobs.getJob(uid)).toEqual(before);
    expect(await store.outbox.nextCallbackAt()).toBe(0);
  });

  test('when there is no such job', async () => {
    const store = newStore();
    expect(await codeOf(store.jobs.retryFailed('nobody'))).toBe('NotFound');
    expect(await store.redis.keys(`${store.prefix}*`)).toEqual([]);
  });
});
