import { describe, expect, test } from 'vitest';
import { codeOf, finalOf, first, SPEC, useStore } from './harness.ts';

const newStore = useStore();
const URL = 'http://receiver/done';
const CALLBACK = { ...SPEC, callback: { url: URL } };
const RETRY = { kind: 'retry', error: 'answered 500', status: 500, at: 1500, tookMs: 30 } as const;

/** A finished job whose callback is in the outbox. */
async function finished(spec: typeof SPEC = CALLBACK) {
  const store = newStore();
  const fence = await store.lead();
  const uid = await store.submit(['a'], spec);
  const task = first(await store.claim(fence, uid, 1));
  await store.settle(fence, uid, task, finalOf(task.record));
  await store.controller.completeJob(fence, uid, 1000);
  const record = store.outbox.recordDelivery.bind(store.outbox, fence, uid);
  return { store, uid, fence, record };
}

describe('the log of a callback', () => {
  test('is empty before the first try, and there is none before the job has finished', async () => {
    const { store, uid, fence } = await finished();
    const view = { url: URL, state: 'pending', attempts: 0, log: [] };
    expect(await store.jobs.readCallback(uid)).toEqual(view);
    const running = await store.submit(['x'], CALLBACK, 'running');
    expect(await store.jobs.readCallback(running)).toBeUndefined();
    expect(await store.controller.completeJob(fence, running, 1000)).toBe(false);
    expect(await store.jobs.readCallback('nobody')).toBeUndefined();
  });

  test('has every try in its order, with the reply as it came', async () => {
    const { store, uid, record } = await finished();
    await record({ ...RETRY, nextAt: 4000, reply: Buffer.from('down for lunch ü\n\0"') });
    await record({ kind: 'retry', error: 'no answer', at: 4000, tookMs: 60_000, nextAt: 9000 });
    await record({ kind: 'delivered', status: 204, at: 9000, tookMs: 7, reply: Buffer.alloc(0) });
    expect(await store.jobs.readCallback(uid)).toEqual({
      url: URL,
      state: 'delivered',
      attempts: 3,
      log: [
        { ...RETRY, reply: 'down for lunch ü\n\0"' },
        { kind: 'retry', error: 'no answer', at: 4000, tookMs: 60_000, reply: '' },
        { kind: 'delivered', status: 204, at: 9000, tookMs: 7, reply: '' },
      ],
    });
  });

  test('can be read although a reply is no text', async () => {
    const { store, uid, record } = await finished();
    await record({ ...RETRY, nextAt: 4000, reply: Buffer.from([0xff, 0x41]) });
    expect((await store.jobs.readCallback(uid))?.log[0]?.reply).toBe('\ufffdA');
  });

  test('is bounded, however often it is tried, and keeps the last ones', async () => {
    const { store, uid, record } = await finished();
    for (let n = 1; n <= 420; n++) await record({ ...RETRY, at: n, nextAt: n });
    const view = await store.jobs.readCallback(uid);
    expect(view?.attempts).toBe(420);
    expect(view?.log.length).toBeGreaterThanOrEqual(200);
    expect(view?.log.length).toBeLessThan(400);
    expect(view?.log.at(-1)?.at).toBe(420);
  });

  test('takes nothing of a try whose job was removed meanwhile', async () => {
    const { store, uid, fence, record } = await finished();
    await store.jobs.deleteJob(uid);
    await store.controller.expireJob(fence, uid, 90_000);
    await record({ ...RETRY, nextAt: 4000 });
    expect(await store.redis.keys(`${store.prefix}*job:${uid}*`)).toEqual([]);
    expect(await store.outbox.nextCallbackAt()).toBeUndefined();
  });

  test('takes nothing from one who no longer leads', async () => {
    const { store, uid, record } = await finished();
    await store.lead('other');
    expect(await codeOf(record({ ...RETRY, nextAt: 4000 }))).toBe('Fenced');
    expect(await store.jobs.readCallback(uid)).toMatchObject({ attempts: 0, log: [] });
  });
});

describe('a callback that is to be delivered once more', () => {
  const over = [
    { kind: 'delivered', status: 200, at: 1500, tookMs: 1 },
    { kind: 'dead', error: 'given up', at: 1500, tookMs: 1 },
  ] as const;

  test.each(over)('is due at once, with its tries counted anew: after %j', async (result) => {
    const { store, uid, record } = await finished();
    await record(result);
    await store.jobs.redeliver(uid);
    const namespace = 'default';
    const entry = { jobUid: uid, url: URL, namespace, attempts: 0, generation: 1, redeliveries: 1 };
    expect(await store.outbox.dueCallbacks(0, 10)).toEqual([entry]);
    const view = await store.jobs.readCallback(uid);
    expect(view).toMatchObject({ state: 'pending', attempts: 0, log: [{ kind: result.kind }] });
  });

  test('need not wait for the time of its next try', async () => {
    const { store, uid, record } = await finished();
    await record({ ...RETRY, nextAt: 9e15 });
    await store.jobs.redeliver(uid);
    expect(await store.outbox.dueCallbacks(0, 10)).toMatchObject([{ attempts: 0 }]);
  });

  test('leaves the job as it is: the message is the same', async () => {
    const { store, uid, record } = await finished();
    await record(over[0]);
    const before = await store.jobs.getJob(uid);
    await store.jobs.redeliver(uid);
    expect(await store.jobs.getJob(uid)).toEqual(before);
  });

  test('has to be there, and its job to be finished', async () => {
    const { store, uid } = await finished(SPEC);
    expect(await codeOf(store.jobs.redeliver(uid))).toBe('NoCallback');
    const running = await store.submit(['x'], CALLBACK, 'running');
    expect(await codeOf(store.jobs.redeliver(running))).toBe('Running');
    expect(await codeOf(store.jobs.redeliver('nobody'))).toBe('NotFound');
    expect(await store.outbox.nextCallbackAt()).toBeUndefined();
  });
});
