import { describe, expect, test, vi } from 'vitest';
import { type End, finishAtOnce } from '../support/finish-at-once.ts';
import { finalOf, first, SPEC, type TestStore, tasksOf, useStore } from './harness.ts';

const newStore = useStore();

/** A finished job of many tasks, of which `endOf` says what each came to. */
async function finished(
  store: TestStore,
  total: number,
  endOf: (index: number) => End | undefined,
) {
  const fence = await store.lead();
  const names = Array.from({ length: total }, (_, i) => `t${i}`);
  await store.jobs.submitJob({ uid: 'Jmany', spec: SPEC, tasks: tasksOf(names) });
  await finishAtOnce(store, 'Jmany', total, endOf);
  return { fence, uid: 'Jmany' };
}

/** How many tasks are shown in each state. */
async function shown(store: TestStore, uid: string, total: number) {
  const counts = { ended: 0, waiting: 0, untried: 0, cancelled: 0 };
  for (let from = 0; from < total; from += 1000) {
    for (const { result, waiting } of await store.jobs.readTasks(uid, from, 1000)) {
      if (result?.verdict.outcome === 'Cancelled') counts.cancelled += 1;
      else if (result !== undefined) counts.ended += 1;
      else if (waiting !== undefined) counts.waiting += 1;
      else counts.untried += 1;
    }
  }
  return counts;
}

describe('a retry of many tasks', () => {
  const TOTAL = 1500;
  const endOf = (i: number): End | undefined => {
    if (i >= 1400) return undefined;
    return i % 3 === 0 ? 'succeeded' : i % 3 === 1 ? 'failed' : 'cancelled';
  };
  const SUCCEEDED = 467;

  test('lets all that did not succeed run again, as one of a few does', async () => {
    const store = newStore();
    const { uid, fence } = await finished(store, TOTAL, endOf);
    expect(await store.jobs.retryFailed(uid)).toBe(TOTAL - SUCCEEDED);
    expect((await store.jobs.getJob(uid))?.status).toMatchObject({
      phase: 'Running',
      counts: { total: TOTAL, pending: TOTAL - SUCCEEDED, succeeded: SUCCEEDED, failed: 0 },
    });
    expect(await shown(store, uid, TOTAL)).toEqual({
      ended: SUCCEEDED,
      waiting: 1400 - SUCCEEDED,
      untried: 100,
      cancelled: 0,
    });
    const [claimed] = await store.claim(fence, uid, 1);
    expect(claimed?.record).toMatchObject({ attempt: 2, losses: 0, failures: 0 });
    expect(await store.redis.keys(`${store.prefix}staged:*`)).toEqual([]);
  });

  // Regression: the connection broke while it was cleared up, and what had taken effect was told as failed.
  test('is not told as failed once it has taken effect', async () => {
    const store = newStore();
    const { uid } = await finished(store, TOTAL, endOf);
    const unlink = vi
      .spyOn(store.redis, 'unlink')
      .mockRejectedValue(new Error('Connection is closed.'));
    try {
      expect(await store.jobs.retryFailed(uid)).toBe(TOTAL - SUCCEEDED);
    } finally {
      unlink.mockRestore();
    }
  });

  test('no more than its submission is', async () => {
    const store = newStore();
    const unlink = vi
      .spyOn(store.redis, 'unlink')
      .mockRejectedValue(new Error('Connection is closed.'));
    try {
      const names = Array.from({ length: TOTAL }, (_, i) => `t${i}`);
      await store.jobs.submitJob({ uid: 'Jmany', spec: SPEC, tasks: tasksOf(names) });
    } finally {
      unlink.mockRestore();
    }
    expect((await store.jobs.getJob('Jmany'))?.status.counts.total).toBe(TOTAL);
  });

  test('shows of a task that runs again no old result, and the new one once it has ended', async () => {
    const store = newStore();
    const { uid, fence } = await finished(store, TOTAL, endOf);
    await store.jobs.retryFailed(uid);
    const task = first(await store.claim(fence, uid, 1));
    const view = async () => first(await store.jobs.readTasks(uid, task.index, 1));
    expect(await view()).toMatchObject({ attempt: 2 });
    expect((await view()).result).toBeUndefined();
    await store.settle(fence, uid, task, finalOf(task.record));
    expect((await view()).result).toMatchObject({ verdict: { outcome: 'Succeeded' }, attempts: 2 });
  });

  test('of some lets these run again, and parks what waited or was never tried', async () => {
    const store = newStore();
    const { uid, fence } = await finished(store, TOTAL, endOf);
    const some = [1, 4, 2, 1450, 1450];
    expect(await store.jobs.retryFailed(uid, undefined, some)).toBe(4);
    const failed = 467 - 2;
    expect((await store.jobs.getJob(uid))?.status.counts).toEqual({
      total: TOTAL,
      pending: 4,
      active: 0,
      succeeded: SUCCEEDED,
      failed,
      cancelled: TOTAL - SUCCEEDED - failed - 4,
    });
    const claimed = await store.claim(fence, uid, 100);
    expect(claimed.map(({ index }) => index).sort((a, b) => a - b)).toEqual([1, 2, 4, 1450]);
    for (const task of claimed) await store.settle(fence, uid, task, finalOf(task.record));
    expect(await store.controller.completeJob(fence, uid, 5000)).toBe(true);
    // What was not among them can run again after all, also what was parked.
    expect(await store.jobs.retryFailed(uid)).toBe(TOTAL - SUCCEEDED - 4);
    expect(await store.claim(fence, uid, 2000, 5000)).toHaveLength(TOTAL - SUCCEEDED - 4);
  });

  test('of some of which one has succeeded changes nothing', async () => {
    const store = newStore();
    const { uid } = await finished(store, TOTAL, endOf);
    await expect(store.jobs.retryFailed(uid, undefined, [1, 0, 3])).rejects.toMatchObject({
      code: 'NothingToRetry',
      details: ['0', '3'],
    });
    expect((await store.jobs.getJob(uid))?.status.phase).toBe('Failed');
    expect(await store.redis.keys(`${store.prefix}staged:*`)).toEqual([]);
  });

  test('that somebody else makes at the same time takes place once', async () => {
    const store = newStore();
    const { uid } = await finished(store, TOTAL, endOf);
    const both = await Promise.allSettled([
      store.jobs.retryFailed(uid),
      store.jobs.retryFailed(uid),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await store.jobs.getJob(uid))?.metadata.generation).toBe(2);
  });

  test('after one of all lets a few run again by their later results', async () => {
    const store = newStore();
    const { uid, fence } = await finished(store, 600, () => 'failed');
    await store.jobs.retryFailed(uid);
    for (const task of await store.claim(fence, uid, 600)) {
      await store.settle(fence, uid, task, finalOf(task.record, task.index > 2));
    }
    await store.controller.completeJob(fence, uid, 5000);
    expect(await store.jobs.retryFailed(uid)).toBe(3);
    const records = (await store.claim(fence, uid, 10)).map(({ record }) => record.attempt);
    expect(records).toEqual([3, 3, 3]);
  });
});
