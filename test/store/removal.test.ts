import { describe, expect, test } from 'vitest';
import type { JobEnding, TaskResult } from '../../internal/apis/index.ts';
import {
  cancelledOf,
  codeOf,
  finalOf,
  first,
  OUTPUT,
  SPEC,
  SUCCEEDED,
  type TestStore,
  useStore,
} from './harness.ts';

const newStore = useStore();
const CALLBACK = { ...SPEC, callback: { url: 'http://receiver/done' } };
const DELIVERED = { kind: 'delivered', status: 200, at: 2000, tookMs: 1 } as const;
/** Later than anything, and still a date. */
const FAR = 8e15;

/** A finished job that has left something under every key that a job can have. */
async function finished(spec = CALLBACK) {
  const store = newStore();
  const fence = await store.lead();
  const uid = await store.submit(['a', 'b', 'c'], spec);
  const [a, b] = await store.claim(fence, uid, 2);
  if (!a || !b) throw new Error('two tasks were to be claimed');
  await store.report(uid, 0, 1, 'a');
  const judged = { ...a.record, verdict: { ...SUCCEEDED, source: 'report' as const } };
  const change = { from: a.record, to: judged, knowsReport: true };
  await store.controller.recordVerdict(fence, uid, 0, change);
  await store.settle(fence, uid, { index: 0, record: judged }, finalOf(judged, false));
  const last: TaskResult = { verdict: SUCCEEDED, output: OUTPUT, attempts: 1, losses: 0 };
  const next = { attempt: 2, losses: 0, failures: 1, last };
  const output = { stdout: Buffer.from('out'), stderr: Buffer.alloc(0) };
  const collected = { ...b.record, verdict: SUCCEEDED, output: OUTPUT };
  await store.controller.storeOutput(fence, uid, 1, { from: b.record, to: collected, ...output });
  const waits = { kind: 'retry', next, notBefore: 0 } as const;
  await store.settle(fence, uid, { index: 1, record: collected }, waits);
  const again = first(await store.claim(fence, uid, 1));
  await store.settle(fence, uid, again, { kind: 'retry', next, notBefore: FAR });
  const ending: JobEnding = { phase: 'Failed', reason: 'DeadlineExceeded', message: 'too slow' };
  await store.controller.endJob(fence, uid, ending);
  await store.controller.completeJob(fence, uid, 1000);
  return { store, uid, fence };
}

/** What is left of a job, whatever it is called. */
async function keysOf(store: TestStore, uid: string): Promise<string[]> {
  const keys = await store.redis.keys(`${store.prefix}*job:${uid}*`);
  return keys.sort();
}

describe('a job whose time to be removed has come', () => {
  test('is named from ttlSecondsAfterFinished on, counted from its end', async () => {
    const { store, uid } = await finished({ ...CALLBACK, ttlSecondsAfterFinished: 60 });
    expect(await store.controller.expiredJobs(60_999, 10)).toEqual([]);
    expect(await store.controller.expiredJobs(61_000, 10)).toEqual([uid]);
  });

  test('is never named without one', async () => {
    const { store } = await finished();
    expect(await store.controller.expiredJobs(FAR, 10)).toEqual([]);
  });

  test('waits for a callback that is pending, however old it is', async () => {
    const { store, uid, fence } = await finished({ ...CALLBACK, ttlSecondsAfterFinished: 0 });
    const before = await keysOf(store, uid);
    await store.controller.expireJob(fence, uid, 30_000);
    expect(await keysOf(store, uid)).toEqual(before);
    expect(await store.controller.expiredJobs(89_999, 10)).toEqual([]);
    expect(await store.controller.expiredJobs(90_000, 10)).toEqual([uid]);
    expect(await store.outbox.dueCallbacks(FAR, 10)).toMatchObject([{ jobUid: uid }]);
  });

  test('goes with every key that it has, and the others stay', async () => {
    const { store, uid, fence } = await finished({ ...CALLBACK, ttlSecondsAfterFinished: 0 });
    const other = await store.submit(['x'], SPEC, 'other');
    const others = await keysOf(store, other);
    await store.outbox.recordDelivery(fence, uid, DELIVERED);
    // So that nothing is asserted gone that was never there.
    expect(await keysOf(store, uid)).toEqual(
      Object.values(store.keys.job(uid))
        .filter((key) => key !== store.keys.job(uid).live)
        .sort(),
    );
    await store.controller.expireJob(fence, uid, 90_000);
    expect(await keysOf(store, uid)).toEqual([]);
    expect(await store.controller.expiredJobs(FAR, 10)).toEqual([]);
    expect(await keysOf(store, other)).toEqual(others);
    expect(await store.jobs.getJob(uid)).toBeUndefined();
  });

  test('is not brought back by an event that comes late', async () => {
    const { store, uid, fence } = await finished({ ...CALLBACK, ttlSecondsAfterFinished: 0 });
    await store.outbox.recordDelivery(fence, uid, DELIVERED);
    await store.controller.expireJob(fence, uid, 90_000);
    await store.controller.addEvent(uid, { type: 'Running', index: 0, attempt: 1 });
    expect(await keysOf(store, uid)).toEqual([]);
  });

  test('goes once: what is done again changes nothing', async () => {
    const { store, uid, fence } = await finished({ ...CALLBACK, ttlSecondsAfterFinished: 0 });
    await store.outbox.recordDelivery(fence, uid, DELIVERED);
    await store.controller.expireJob(fence, uid, 90_000);
    await store.controller.expireJob(fence, uid, 90_000);
    expect(await keysOf(store, uid)).toEqual([]);
    expect(await store.controller.expiredJobs(FAR, 10)).toEqual([]);
  });

  test('stays when its failed tasks run again meanwhile', async () => {
    const { store, uid, fence } = await finished({ ...CALLBACK, ttlSecondsAfterFinished: 0 });
    await store.outbox.recordDelivery(fence, uid, DELIVERED);
    expect(await store.controller.expiredJobs(FAR, 10)).toEqual([uid]);
    await store.jobs.retryFailed(uid);
    await store.controller.expireJob(fence, uid, 90_000);
    expect((await store.jobs.getJob(uid))?.status.phase).toBe('Running');
    expect(await store.controller.expiredJobs(FAR, 10)).toEqual([]);
  });

  // Found by the simulation: the call of a removal came late, and took a job that had run again.
  test('stays when its failed tasks have run again, and it has finished anew', async () => {
    const { store, uid, fence } = await finished({ ...CALLBACK, ttlSecondsAfterFinished: 0 });
    await store.outbox.recordDelivery(fence, uid, DELIVERED);
    expect(await store.controller.expiredJobs(2000, 10)).toEqual([uid]);
    await store.jobs.retryFailed(uid);
    const claim = { limit: 3, maxConcurrent: 3, now: FAR };
    for (const task of await store.controller.claimTasks(fence, uid, claim)) {
      await store.settle(fence, uid, task, finalOf(task.record, true));
    }
    expect(await store.controller.completeJob(fence, uid, 3000)).toBe(true);
    await store.outbox.recordDelivery(fence, uid, DELIVERED);
    await store.controller.expireJob(fence, uid, 2000);
    expect((await store.jobs.getJob(uid))?.status.phase).toBe('Complete');
  });

  test('is not removed by one who no longer leads', async () => {
    const { store, uid, fence } = await finished({ ...CALLBACK, ttlSecondsAfterFinished: 0 });
    await store.outbox.recordDelivery(fence, uid, DELIVERED);
    await store.lead('other');
    expect(await codeOf(store.controller.expireJob(fence, uid, 90_000))).toBe('Fenced');
    expect(await store.controller.expiredJobs(FAR, 10)).toEqual([uid]);
    expect((await store.jobs.getJob(uid))?.status.phase).toBe('Failed');
  });
});

describe('a job that a user deletes', () => {
  test('is removed at once when it is finished, and its callback is not sent any more', async () => {
    const { store, uid, fence } = await finished();
    await store.jobs.deleteJob(uid);
    expect(await store.outbox.nextCallbackAt()).toBeUndefined();
    expect(await store.controller.expiredJobs(0, 10)).toEqual([uid]);
    await store.controller.expireJob(fence, uid, 90_000);
    expect(await keysOf(store, uid)).toEqual([]);
  });

  // The simulation (seed 1873): asked for after the removal, its callback was sent again and again.
  test('cannot be asked for its callback once more', async () => {
    const { store, uid } = await finished();
    await store.jobs.deleteJob(uid);
    expect(await codeOf(store.jobs.redeliver(uid))).toBe('NotFound');
    expect(await store.outbox.nextCallbackAt()).toBeUndefined();
  });

  test('is cancelled first when it still runs, and then removed without a callback', async () => {
    const store = newStore();
    const fence = await store.lead();
    const uid = await store.submit(['a'], CALLBACK);
    const task = first(await store.claim(fence, uid, 1));
    await store.jobs.deleteJob(uid);
    expect((await store.jobs.getJob(uid))?.spec.cancel).toBe(true);
    expect(await store.controller.expiredJobs(FAR, 10)).toEqual([]);
    await store.settle(fence, uid, task, cancelledOf(task.record));
    const ending: JobEnding = { phase: 'Cancelled', reason: 'CancelRequested', message: '' };
    await store.controller.endJob(fence, uid, ending);
    await store.controller.completeJob(fence, uid, 5000);
    expect(await store.outbox.nextCallbackAt()).toBeUndefined();
    expect(await store.jobs.readCallback(uid)).toBeUndefined();
    expect(await store.controller.expiredJobs(0, 10)).toEqual([uid]);
    await store.controller.expireJob(fence, uid, 90_000);
    expect(await keysOf(store, uid)).toEqual([]);
    expect(await store.slots()).toBe(0);
  });

  test('is not kept by its age: the wish comes before ttlSecondsAfterFinished', async () => {
    const { store, uid } = await finished({ ...CALLBACK, ttlSecondsAfterFinished: 3600 });
    await store.jobs.deleteJob(uid);
    expect(await store.controller.expiredJobs(0, 10)).toEqual([uid]);
  });

  test('has to exist', async () => {
    const store = newStore();
    expect(await codeOf(store.jobs.deleteJob('nobody'))).toBe('NotFound');
    expect(await store.redis.keys(`${store.prefix}*`)).toEqual([]);
  });
});
