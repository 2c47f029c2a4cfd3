import { describe, expect, test } from 'vitest';
import type { JobSpec } from '../../internal/apis/index.ts';
import { codeOf, finalOf, SPEC, type TestStore, useStore } from './harness.ts';

const newStore = useStore();
const CALLBACK: JobSpec = { ...SPEC, callback: { url: 'http://receiver/done' } };

/** A job whose tasks are all counted; those named `bad` failed. */
async function counted(store: TestStore, names: string[], spec = CALLBACK) {
  const uid = await store.submit(names, spec);
  const fence = await store.lead();
  for (const task of await store.claim(fence, uid, names.length)) {
    await store.settle(fence, uid, task, finalOf(task.record, names[task.index] !== 'bad'));
  }
  return { uid, fence };
}

describe('completing a job', () => {
  test('finishes it and puts its callback in the outbox', async () => {
    const store = newStore();
    const { uid, fence } = await counted(store, ['a', 'b']);
    expect(await store.controller.completeJob(fence, uid, 5000)).toBe(true);
    expect((await store.jobs.getJob(uid))?.status).toMatchObject({
      phase: 'Complete',
      finishedAt: 5000,
      conditions: [{ type: 'Complete', reason: 'TasksSucceeded', lastTransitionTime: 5000 }],
    });
    expect(await store.controller.activeJobs()).toEqual([]);
    expect(await store.outbox.dueCallbacks(5000, 10)).toEqual([
      {
        jobUid: uid,
        url: 'http://receiver/done',
        namespace: 'default',
        attempts: 0,
        generation: 1,
        redeliveries: 0,
      },
    ]);
  });

  test('with a failed task is a failure', async () => {
    const store = newStore();
    const { uid, fence } = await counted(store, ['a', 'bad']);
    await store.controller.completeJob(fence, uid, 5000);
    expect((await store.jobs.getJob(uid))?.status).toMatchObject({
      phase: 'Failed',
      conditions: [{ type: 'Failed', message: '1 of 2 tasks did not succeed' }],
    });
  });

  test('without a callback leaves the outbox empty', async () => {
    const store = newStore();
    const { uid, fence } = await counted(store, ['a'], SPEC);
    expect(await store.controller.completeJob(fence, uid, 5000)).toBe(true);
    expect(await store.outbox.nextCallbackAt()).toBeUndefined();
  });

  test('waits for the tasks that were added meanwhile, and for a first task', async () => {
    const store = newStore();
    const { uid, fence } = await counted(store, ['a']);
    await store.jobs.addTasks(uid, [{ name: 'b', args: [] }]);
    expect(await store.controller.completeJob(fence, uid, 5000)).toBe(false);
    expect((await store.jobs.getJob(uid))?.status.phase).toBe('Running');
    const empty = await store.submit([], SPEC, 'empty');
    expect(await store.controller.completeJob(fence, empty, 5000)).toBe(false);
  });

  test('again changes nothing, neither the time nor the outbox', async () => {
    const store = newStore();
    const { uid, fence } = await counted(store, ['a']);
    await store.controller.completeJob(fence, uid, 5000);
    await store.outbox.recordDelivery(fence, uid, {
      tookMs: 1,
      kind: 'delivered',
      status: 200,
      at: 6000,
    });
    expect(await store.controller.completeJob(fence, uid, 7000)).toBe(true);
    expect((await store.jobs.getJob(uid))?.status.finishedAt).toBe(5000);
    expect(await store.outbox.nextCallbackAt()).toBeUndefined();
  });

  test('is refused to one who no longer leads', async () => {
    const store = newStore();
    const { uid, fence } = await counted(store, ['a']);
    await store.lead('other');
    expect(await codeOf(store.controller.completeJob(fence, uid, 5000))).toBe('Fenced');
    expect((await store.jobs.getJob(uid))?.status.phase).toBe('Running');
    expect(await store.outbox.nextCallbackAt()).toBeUndefined();
  });
});

describe('the outbox', () => {
  test('gives new ones at once by any clock, in the order of their uids', async () => {
    const store = newStore();
    for (const name of ['c', 'a', 'b']) {
      const { uid, fence } = await counted(store, [name]);
      await store.controller.completeJob(fence, uid, 9_000_000);
    }
    const due = async (now: number, limit: number) =>
      (await store.outbox.dueCallbacks(now, limit)).map(({ jobUid }) => jobUid);
    expect(await due(1, 10)).toEqual(['Ja', 'Jb', 'Jc']);
    expect(await due(1, 1)).toEqual(['Ja']);
  });

  test('says when the next is due', async () => {
    const store = newStore();
    const { uid, fence } = await counted(store, ['a']);
    await store.controller.completeJob(fence, uid, 1000);
    const retry = { tookMs: 1, kind: 'retry', error: 'refused', at: 1500, nextAt: 4000 } as const;
    await store.outbox.recordDelivery(fence, uid, retry);
    expect(await store.outbox.nextCallbackAt()).toBe(4000);
  });

  test('puts off what is to be tried again and counts the tries', async () => {
    const store = newStore();
    const { uid, fence } = await counted(store, ['a']);
    await store.controller.completeJob(fence, uid, 1000);
    const retry = { tookMs: 1, kind: 'retry', error: 'refused', at: 1500, nextAt: 4000 } as const;
    await store.outbox.recordDelivery(fence, uid, retry);
    expect(await store.outbox.dueCallbacks(3999, 10)).toEqual([]);
    expect(await store.outbox.dueCallbacks(4000, 10)).toMatchObject([{ attempts: 1 }]);
    expect(await store.redis.hgetall(store.keys.job(uid).callback)).toEqual({
      url: 'http://receiver/done',
      namespace: 'default',
      state: 'pending',
      attempts: '1',
      at: '1500',
      status: '',
      error: 'refused',
    });
  });

  test.each([
    [
      { tookMs: 1, kind: 'delivered', status: 204, at: 2000 },
      { state: 'delivered', status: '204' },
    ],
    [
      { tookMs: 1, kind: 'dead', status: 410, error: 'gone', at: 2000 },
      { state: 'dead', error: 'gone' },
    ],
  ] as const)('holds no more what is %j', async (result, expected) => {
    const store = newStore();
    const { uid, fence } = await counted(store, ['a']);
    await store.controller.completeJob(fence, uid, 1000);
    await store.outbox.recordDelivery(fence, uid, result);
    expect(await store.outbox.dueCallbacks(9e15, 10)).toEqual([]);
    expect(await store.redis.hgetall(store.keys.job(uid).callback)).toMatchObject({
      attempts: '1',
      ...expected,
    });
  });

  test('takes no record from one who no longer leads', async () => {
    const store = newStore();
    const { uid, fence } = await counted(store, ['a']);
    await store.controller.completeJob(fence, uid, 1000);
    await store.lead('other');
    const result = { tookMs: 1, kind: 'delivered', status: 200, at: 2000 } as const;
    expect(await codeOf(store.outbox.recordDelivery(fence, uid, result))).toBe('Fenced');
    expect(await store.outbox.dueCallbacks(1000, 10)).toHaveLength(1);
  });
});
