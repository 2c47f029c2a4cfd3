import { describe, expect, test } from 'vitest';
import { type AttemptRecord, type JobEnding, untriedResult } from '../../internal/apis/index.ts';
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

function failureOf(record: AttemptRecord, succeeded: boolean) {
  const final = finalOf(record, succeeded);
  if (succeeded) return final;
  const verdict = { outcome: 'Failed', exitStatus: 1, source: 'service' } as const;
  return { ...final, result: { ...final.result, verdict } };
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
    expect(await store.jobs.retryFailed(uid)).toBe(1);
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

/** What each task came to, `-` for those that wait. */
async function outcomes(store: TestStore, uid: string): Promise<string[]> {
  const tasks = await store.jobs.readTasks(uid, 0, 100);
  return tasks.map(({ result }) => result?.verdict.outcome ?? '-');
}

describe('some tasks of a finished job, made to run again', () => {
  /** A job whose tasks failed, but for the first. */
  async function threeFailed(spec = CALLBACK) {
    const store = newStore();
    const fence = await store.lead();
    const uid = await store.submit(['a', 'b', 'c', 'd'], spec);
    for (const task of await store.claim(fence, uid, 4)) {
      await store.settle(fence, uid, task, failureOf(task.record, task.index === 0));
    }
    await store.controller.completeJob(fence, uid, 1000);
    return { store, uid, fence };
  }

  test('are the only ones; the others keep their results', async () => {
    const { store, uid, fence } = await threeFailed();
    const before = await store.jobs.readTasks(uid, 0, 4);
    expect(await store.jobs.retryFailed(uid, undefined, [2])).toBe(1);
    expect(await statusOf(store, uid)).toEqual({
      phase: 'Running',
      counts: { total: 4, pending: 1, active: 0, succeeded: 1, failed: 2, cancelled: 0 },
      conditions: [],
      failedBefore: 2,
    });
    const after = await store.jobs.readTasks(uid, 0, 4);
    expect(after.toSpliced(2, 1)).toEqual(before.toSpliced(2, 1));
    expect(await store.claim(fence, uid, 10)).toMatchObject([
      { index: 2, record: { attempt: 2, losses: 0, failures: 0 } },
    ]);
    expect((await store.jobs.getJob(uid))?.metadata.generation).toBe(2);
    const events = await store.jobs.readEvents(uid, '', 100);
    expect(events.at(-1)).toMatchObject({ type: 'RetryRequested', message: 'of 1 of its tasks' });
  });

  test('finish the job again, which has failed as long as one has', async () => {
    const { store, uid, fence } = await threeFailed();
    for (const [index, phase] of [
      [3, 'Failed'],
      [1, 'Failed'],
      [2, 'Complete'],
    ] as const) {
      await store.jobs.retryFailed(uid, undefined, [index]);
      const task = first(await store.claim(fence, uid, 9));
      expect(task.index).toBe(index);
      await store.settle(fence, uid, task, finalOf(task.record));
      await store.controller.completeJob(fence, uid, 2000);
      expect(await statusOf(store, uid)).toMatchObject({ phase });
    }
    expect(await outcomes(store, uid)).toEqual(Array(4).fill('Succeeded'));
  });

  test('may be all, and named twice', async () => {
    const { store, uid, fence } = await threeFailed();
    expect(await store.jobs.retryFailed(uid, undefined, [3, 1, 2, 1])).toBe(3);
    expect((await store.claim(fence, uid, 9)).map(({ index }) => index)).toEqual([1, 2, 3]);
    expect(await statusOf(store, uid)).toMatchObject({ counts: { failed: 0 } });
  });

  test('after an early end leave the others cancelled, which can be retried later', async () => {
    const { store, uid, fence } = await endedEarly();
    expect(await store.jobs.retryFailed(uid, undefined, [2])).toBe(1);
    expect(await outcomes(store, uid)).toEqual(['Succeeded', 'Cancelled', '-']);
    expect(await statusOf(store, uid)).toMatchObject({
      counts: { total: 3, pending: 1, succeeded: 1, failed: 0, cancelled: 1 },
    });
    const task = first(await store.claim(fence, uid, 9));
    expect(task).toMatchObject({ index: 2, record: { attempt: 1 } });
    await store.settle(fence, uid, task, finalOf(task.record));
    await store.controller.completeJob(fence, uid, 2000);
    expect(await statusOf(store, uid)).toMatchObject({
      phase: 'Failed',
      conditions: [{ reason: 'TasksFailed', message: '1 of 3 tasks did not succeed' }],
    });
    expect(await store.jobs.retryFailed(uid)).toBe(1);
    expect(await store.claim(fence, uid, 9)).toMatchObject([{ index: 1, record: { attempt: 2 } }]);
  });

  test('leave those that were never started unstarted, and those that waited for a retry', async () => {
    const store = newStore();
    const fence = await store.lead();
    const uid = await store.submit(['a', 'b', 'c', 'd'], CALLBACK);
    const [a, b] = await store.claim(fence, uid, 2);
    if (!a || !b) throw new Error('two tasks were to be claimed');
    const { result } = failureOf({ attempt: 3, losses: 0, failures: 2 }, false);
    const next = { attempt: 4, losses: 0, failures: 3, last: result };
    for (const task of [a, b]) {
      await store.settle(fence, uid, task, { kind: 'retry', next, notBefore: 9e12 });
    }
    await store.controller.endJob(fence, uid, TOO_SLOW);
    await store.controller.completeJob(fence, uid, 1000);
    expect(await store.jobs.retryFailed(uid, undefined, [3, 1])).toBe(2);
    expect(await outcomes(store, uid)).toEqual(['Cancelled', '-', 'Cancelled', '-']);
    const [waited, , never] = await store.jobs.readTasks(uid, 0, 4);
    expect(waited?.result).toEqual(untriedResult(result, { attempts: 3 }, 'the job ended'));
    expect(waited?.result?.verdict).toMatchObject({ outcome: 'Cancelled', exitStatus: 1 });
    expect(never?.result).toMatchObject({ attempts: 0, verdict: { exitStatus: null } });
    const again = await store.claim(fence, uid, 9);
    expect(again).toMatchObject([
      { index: 1, record: { attempt: 4, losses: 0, failures: 0, last: result } },
      { index: 3, record: { attempt: 1, losses: 0, failures: 0 } },
    ]);
    expect(await store.claim(fence, uid, 9)).toEqual([]);
    await store.jobs.cancelJob(uid);
    await store.controller.endJob(fence, uid, { ...TOO_SLOW, phase: 'Cancelled' });
    for (const task of again) {
      await store.settle(fence, uid, task, cancelledOf(task.record));
    }
    await store.controller.completeJob(fence, uid, 2000);
    expect(await store.jobs.retryFailed(uid)).toBe(4);
    // What never ran has no earlier attempt, and so none whose output is kept.
    expect(await store.claim(fence, uid, 9)).toMatchObject([
      { index: 0, record: { attempt: 4 } },
      { index: 1, record: { attempt: 5 } },
      { index: 2, record: { attempt: 1 } },
      { index: 3, record: { attempt: 2 } },
    ]);
  });

  test('are none when one of them has succeeded', async () => {
    const { store, uid } = await threeFailed();
    const before = [await store.jobs.getJob(uid), await store.jobs.readTasks(uid, 0, 4)];
    await expect(store.jobs.retryFailed(uid, undefined, [1, 0, 2])).rejects.toMatchObject({
      code: 'NothingToRetry',
      details: ['0'],
    });
    expect([await store.jobs.getJob(uid), await store.jobs.readTasks(uid, 0, 4)]).toEqual(before);
  });

  test('are none while the job runs, when there is none, or over a quota', async () => {
    const { store, uid } = await threeFailed();
    const limits = { tasks: 1 };
    const quota = { namespace: 'default', limits, outputLimitBytes: 1 };
    expect(await codeOf(store.jobs.retryFailed(uid, quota, [1, 2]))).toBe('QuotaExceeded');
    await store.jobs.retryFailed(uid, quota, [1]);
    expect(await codeOf(store.jobs.retryFailed(uid, undefined, [2]))).toBe('Running');
    expect(await codeOf(store.jobs.retryFailed('nobody', undefined, [0]))).toBe('NotFound');
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
