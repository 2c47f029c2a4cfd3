import { describe, expect, test } from 'vitest';
import { codeOf, finalOf, first, SPEC, tasksOf, useStore } from './harness.ts';

const newStore = useStore();
const indexes = (claimed: { index: number }[]) => claimed.map(({ index }) => index);

describe('claiming tasks', () => {
  test('takes those never tried in order, each once, from where it left off', async () => {
    const store = newStore();
    const uid = await store.submit(['a', 'b', 'c']);
    const fence = await store.lead();
    const record = { attempt: 1, losses: 0, failures: 0, claimedAt: store.clock.now() };
    expect(await store.claim(fence, uid, 2)).toEqual([
      { index: 0, record, task: { name: 'a', args: ['--a'] } },
      { index: 1, record, task: { name: 'b', args: ['--b'] } },
    ]);
    expect(indexes(await store.claim(fence, uid, 2))).toEqual([2]);
    expect(await store.claim(fence, uid, 2)).toEqual([]);
    await store.jobs.addTasks(uid, [{ name: 'd', args: [] }]);
    expect(indexes(await store.claim(fence, uid, 2))).toEqual([3]);
  });

  test('gives about a MiB of tasks, and leaves the others to be read', async () => {
    const store = newStore();
    const half = 'x'.repeat(600 * 1024);
    const uid = await store.submit([]);
    await store.jobs.addTasks(
      uid,
      ['a', 'b', 'c'].map((name) => ({ name, args: [half] })),
    );
    const claimed = await store.claim(await store.lead(), uid, 3);
    expect(claimed.map(({ task }) => task?.name)).toEqual(['a', 'b', undefined]);
    expect((await store.controller.readTask(uid, 2)).name).toBe('c');
  });

  test('takes no more than the namespace of the job may have at one time', async () => {
    const store = newStore();
    const fence = await store.lead();
    const submit = (uid: string, namespace: string) =>
      store.jobs.submitJob({
        ...{ uid, meta: { namespace, name: uid.toLowerCase() } },
        ...{ spec: SPEC, tasks: tasksOf(['a', 'b', 'c']) },
      });
    for (const uid of ['A', 'B']) await submit(uid, 'team');
    await submit('C', 'other');
    const claim = (uid: string, namespace: string, most: number) => {
      const ofNamespace = { namespace, most };
      const how = { limit: 9, maxConcurrent: 100, ofNamespace, now: store.clock.now() };
      return store.controller.claimTasks(fence, uid, how);
    };
    expect(indexes(await claim('A', 'team', 2))).toEqual([0, 1]);
    expect(await claim('B', 'team', 2)).toEqual([]);
    expect(indexes(await claim('C', 'other', 2))).toEqual([0, 1]);
    expect(indexes(await claim('B', 'team', 3))).toEqual([0]);
    expect(indexes(await claim('B', 'team', Number.POSITIVE_INFINITY))).toEqual([1, 2]);
  });

  test('makes them current: the job and the reconcile see them', async () => {
    const store = newStore();
    const uid = await store.submit(['a', 'b', 'c']);
    const fence = await store.lead();
    const claimed = await store.claim(fence, uid, 2);
    expect((await store.jobs.getJob(uid))?.status.counts).toMatchObject({ pending: 1, active: 2 });
    expect(await store.controller.loadJob(uid, store.clock.now())).toMatchObject({
      attempts: claimed.map(({ index, record }) => ({ index, record })),
      runnable: 1,
    });
    expect(await store.controller.isCurrent(uid, 0, 1)).toBe(true);
    expect(await store.controller.isCurrent(uid, 0, 2)).toBe(false);
    expect(await store.controller.isCurrent(uid, 2, 1)).toBe(false);
  });

  test('takes a task whose wait is over before those never tried, and not one that still waits', async () => {
    const store = newStore();
    const uid = await store.submit(['a', 'b', 'c', 'd']);
    const fence = await store.lead();
    const [a, b] = await store.claim(fence, uid, 2);
    const now = store.clock.now();
    for (const [task, notBefore] of [
      [a, now + 1000],
      [b, now],
    ] as const) {
      const next = { attempt: 2, losses: 0, failures: 1 };
      await store.settle(fence, uid, first(task ? [task] : []), {
        kind: 'retry',
        next,
        notBefore,
      });
    }
    expect(await store.controller.loadJob(uid, now)).toMatchObject({
      runnable: 3,
      nextRetryAt: now + 1000,
    });
    const claimed = await store.claim(fence, uid, 2);
    expect(indexes(claimed)).toEqual([1, 2]);
    expect(first(claimed).record).toEqual({
      attempt: 2,
      losses: 0,
      failures: 1,
      claimedAt: store.clock.now(),
    });
    store.clock.advance(1000);
    expect(indexes(await store.claim(fence, uid, 2))).toEqual([0, 3]);
  });

  test('never exceeds what may run over all jobs, whatever one job asks for', async () => {
    const store = newStore();
    const one = await store.submit(['a', 'b', 'c'], undefined, 'one');
    const two = await store.submit(['a', 'b', 'c'], undefined, 'two');
    const fence = await store.lead();
    const claimed = await store.claim(fence, one, 3, 4);
    expect(indexes(await store.claim(fence, two, 3, 4))).toEqual([0]);
    expect(await store.claim(fence, two, 3, 4)).toEqual([]);
    expect(await store.claim(fence, two, 3, 2)).toEqual([]);
    await store.settle(fence, one, first(claimed), finalOf(first(claimed).record));
    expect(await store.slots()).toBe(3);
    expect(indexes(await store.claim(fence, two, 3, 4))).toEqual([1]);
  });

  test('takes nothing of a finished job or of one that does not exist', async () => {
    const store = newStore();
    const uid = await store.submit(['a']);
    const fence = await store.lead();
    const claimed = first(await store.claim(fence, uid, 1));
    await store.settle(fence, uid, claimed, finalOf(claimed.record));
    await store.controller.completeJob(fence, uid, 1);
    expect(await store.claim(fence, uid, 1)).toEqual([]);
    expect(await store.claim(fence, 'nobody', 1)).toEqual([]);
    expect(await store.slots()).toBe(0);
  });

  test('is refused to one who no longer leads', async () => {
    const store = newStore();
    const uid = await store.submit(['a']);
    const old = await store.lead('old');
    await store.lead('new');
    expect(await codeOf(store.claim(old, uid, 1))).toBe('Fenced');
    expect(await store.recount(uid)).toMatchObject({ pending: 1, active: 0 });
  });
});
