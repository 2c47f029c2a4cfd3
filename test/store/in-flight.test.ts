import { expect, test } from 'vitest';
import { finalOf, first, SPEC, useStore } from './harness.ts';

const newStore = useStore();
const CALLBACK = { ...SPEC, callback: { url: 'http://receiver/done' } };
const RETRY = { kind: 'retry', error: 'answered 500', at: 1500, tookMs: 30, nextAt: 4000 } as const;
const DELIVERED = { kind: 'delivered', status: 204, at: 1500, tookMs: 30 } as const;
const FAR = 1e15;

/** A failed job whose callback is being tried. */
async function tried() {
  const store = newStore();
  const fence = await store.lead();
  const uid = await store.submit(['a'], CALLBACK);
  const end = async (succeeded: boolean) => {
    const task = first(await store.claim(fence, uid, 1));
    await store.settle(fence, uid, task, finalOf(task.record, succeeded));
    await store.controller.completeJob(fence, uid, 1000);
  };
  await end(false);
  const [entry] = await store.outbox.dueCallbacks(FAR, 1);
  expect(entry).toMatchObject({ jobUid: uid, generation: 1 });
  return { store, fence, uid, end };
}

test('a try that fails after its job was to be removed does not put the callback back', async () => {
  const { store, fence, uid } = await tried();
  await store.jobs.deleteJob(uid);
  await store.outbox.recordDelivery(fence, uid, { ...RETRY, generation: 1 });
  expect(await store.outbox.nextCallbackAt()).toBeUndefined();
});

test('a try that fails while its job runs again does not put the callback back, and is logged', async () => {
  const { store, fence, uid } = await tried();
  await store.jobs.retryFailed(uid);
  await store.outbox.recordDelivery(fence, uid, { ...RETRY, generation: 1 });
  expect(await store.outbox.nextCallbackAt()).toBeUndefined();
  expect((await store.jobs.readCallback(uid))?.log).toMatchObject([{ kind: 'retry' }]);
});

test('a try that ends after its job has run again takes nothing from the next callback', async () => {
  const { store, fence, uid, end } = await tried();
  await store.jobs.retryFailed(uid);
  await end(true);
  await store.outbox.recordDelivery(fence, uid, { ...DELIVERED, generation: 1 });
  const due = await store.outbox.dueCallbacks(FAR, 1);
  expect(due).toMatchObject([{ jobUid: uid, generation: 2, attempts: 0 }]);
  expect(await store.jobs.readCallback(uid)).toMatchObject({ state: 'pending', attempts: 0 });

  await store.outbox.recordDelivery(fence, uid, { ...DELIVERED, generation: 2 });
  expect(await store.outbox.nextCallbackAt()).toBeUndefined();
  expect(await store.jobs.readCallback(uid)).toMatchObject({ state: 'delivered', attempts: 1 });
});

test.each([DELIVERED, RETRY])(
  'a redelivery that is asked for while the try is under way is not taken for answered: %j',
  async (result) => {
    const { store, fence, uid } = await tried();
    await store.jobs.redeliver(uid);
    await store.outbox.recordDelivery(fence, uid, { ...result, generation: 1, redeliveries: 0 });
    expect(await store.outbox.dueCallbacks(0, 1)).toMatchObject([{ attempts: 0, redeliveries: 1 }]);
    const view = await store.jobs.readCallback(uid);
    expect(view).toMatchObject({ state: 'pending', log: [{ kind: result.kind }] });

    await store.outbox.recordDelivery(fence, uid, { ...DELIVERED, generation: 1, redeliveries: 1 });
    expect(await store.outbox.nextCallbackAt()).toBeUndefined();
    expect(await store.jobs.readCallback(uid)).toMatchObject({ state: 'delivered', attempts: 1 });
  },
);
