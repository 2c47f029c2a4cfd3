import { describe, expect, test } from 'vitest';
import { codeOf, finalOf, SPEC, type TestStore, tasksOf, useStore } from './harness.ts';

const newStore = useStore();
const meta = { namespace: 'default', name: 'nightly' };
const CANCELLED = { phase: 'Cancelled', reason: 'CancelRequested', message: 'cancelled' } as const;

/** A job by the name that all of them have here. */
const named = (store: TestStore, uid: string, spec = SPEC) =>
  store.jobs.submitJob({ uid, spec, meta, tasks: tasksOf(['a']) });

const predecessor = async (store: TestStore, uid: string) =>
  (await store.jobs.getJob(uid))?.status.predecessor;

/** OLD has ended and is being removed, NEW has its name. */
async function removedBefore(store: TestStore) {
  const fence = await store.lead();
  await named(store, 'OLD');
  await store.controller.endJob(fence, 'OLD', CANCELLED);
  await store.controller.completeJob(fence, 'OLD', 1);
  await store.jobs.deleteJob('OLD');
  await named(store, 'NEW');
  return fence;
}

describe('a job by the name of one that is being removed', () => {
  test('starts nothing before that has ended, and is woken then', async () => {
    const store = newStore();
    const fence = await store.lead();
    await named(store, 'OLD');
    const [running] = await store.claim(fence, 'OLD', 1);
    if (running === undefined) throw new Error('nothing was claimed');
    await store.jobs.deleteJob('OLD');
    await named(store, 'NEW');
    expect(await predecessor(store, 'NEW')).toBe('OLD');
    expect(await store.claim(fence, 'NEW', 1)).toEqual([]);

    await store.controller.endJob(fence, 'OLD', CANCELLED);
    // Its container has its grace.
    expect(await store.controller.completeJob(fence, 'OLD', 1)).toBe(false);
    expect(await store.claim(fence, 'NEW', 1)).toEqual([]);
    await store.settle(fence, 'OLD', running, finalOf(running.record, false));
    const before = (await store.jobs.getJob('NEW'))?.metadata.resourceVersion ?? 0;
    expect(await store.controller.completeJob(fence, 'OLD', 1)).toBe(true);

    expect(await predecessor(store, 'NEW')).toBeUndefined();
    expect((await store.jobs.getJob('NEW'))?.metadata.resourceVersion).toBeGreaterThan(before);
    const told = await store.redis.xrevrange(store.keys.changes, '+', '-', 'COUNT', 1);
    expect(told[0]?.[1]).toEqual(['job', 'NEW']);
    expect(await store.claim(fence, 'NEW', 1)).toHaveLength(1);
  });

  test('waits for the one that runs, when the one between never started anything', async () => {
    const store = newStore();
    const fence = await store.lead();
    await named(store, 'FIRST');
    await store.claim(fence, 'FIRST', 1);
    await store.jobs.deleteJob('FIRST');
    await named(store, 'SECOND');
    await store.jobs.deleteJob('SECOND');
    await named(store, 'THIRD');
    expect(await predecessor(store, 'THIRD')).toBe('FIRST');
    await store.controller.endJob(fence, 'SECOND', CANCELLED);
    expect(await store.controller.completeJob(fence, 'SECOND', 1)).toBe(true);
    expect(await predecessor(store, 'THIRD')).toBe('FIRST');
  });

  test('waits for nothing when that had ended, or was never there', async () => {
    const store = newStore();
    const fence = await removedBefore(store);
    expect(await predecessor(store, 'NEW')).toBeUndefined();
    expect(await store.claim(fence, 'NEW', 1)).toHaveLength(1);
  });
});

// Found by the simulation: it ran again, beside the one that had its name by then.
test('a job that is being removed does not run again', async () => {
  const store = newStore();
  await removedBefore(store);
  expect(await codeOf(store.jobs.retryFailed('OLD'))).toBe('NotFound');
  expect((await store.jobs.getJob('OLD'))?.status.phase).toBe('Cancelled');
});

test('nothing of a job is claimed once its end was asked for', async () => {
  const store = newStore();
  const fence = await store.lead();
  const uid = await store.submit(['a']);
  await store.jobs.cancelJob(uid);
  expect(await store.claim(fence, uid, 1)).toEqual([]);
});
