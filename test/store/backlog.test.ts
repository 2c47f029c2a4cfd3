import { describe, expect, test } from 'vitest';
import { finalOf, first, SPEC, type TestStore, useStore } from './harness.ts';

const newStore = useStore();
const CALLBACK = { ...SPEC, callback: { url: 'http://receiver/done' } };

/** A job of one task that has ended at `now`. */
async function finished(
  store: TestStore,
  name: string,
  now: number,
  succeeded = true,
): Promise<string> {
  const fence = await store.lead();
  const uid = await store.submit([name], CALLBACK);
  const task = first(await store.claim(fence, uid, 1));
  await store.settle(fence, uid, task, finalOf(task.record, succeeded));
  await store.controller.completeJob(fence, uid, now);
  return uid;
}

describe('the backlog', () => {
  test('of an empty store is nothing', async () => {
    expect(await newStore().backlog.backlog()).toEqual({
      jobs: { unfinished: 0, quarantined: 0 },
      tasks: { pending: 0, active: 0, succeeded: 0, failed: 0, cancelled: 0 },
      callbacks: { outstanding: 0, oldestAgeMs: 0, dead: 0 },
    });
  });

  test('has the tasks of unfinished jobs, of more of them than are read at one time', async () => {
    const store = newStore();
    const fence = await store.lead();
    const uids: string[] = [];
    for (let i = 0; i < 210; i++) uids.push(await store.submit(['a', 'b'], SPEC, String(i)));
    for (const [i, uid] of uids.slice(0, 30).entries()) {
      const [one, two] = await store.claim(fence, uid, 2);
      if (one !== undefined) await store.settle(fence, uid, one, finalOf(one.record, i % 2 === 0));
      const next = { attempt: 2, losses: 0, failures: 1 };
      if (two === undefined || i % 3 !== 0) continue;
      await store.settle(fence, uid, two, { kind: 'retry', next, notBefore: 9e12 });
    }
    await finished(store, 'done', 1000);
    await store.controller.quarantineJob(await store.lead(), uids[209] ?? '', 'cannot be read');
    const { jobs, tasks } = await store.backlog.backlog();
    expect(jobs).toEqual({ unfinished: 209, quarantined: 1 });
    const ended = { succeeded: 15, failed: 15, cancelled: 0 };
    expect(tasks).toEqual({ pending: 209 * 2 - 20 - 30, active: 20, ...ended });
  });

  test('knows how long the callback has waited whose job ended first, whatever was submitted first', async () => {
    const store = newStore();
    const now = store.clock.now();
    const [early, late] = [
      await finished(store, 'a', now - 1000),
      await finished(store, 'b', now - 60_000),
    ];
    const callbacks = async () => (await store.backlog.backlog()).callbacks;
    expect(await callbacks()).toEqual({ outstanding: 2, oldestAgeMs: 60_000, dead: 0 });
    const fence = await store.lead();
    const retry = { kind: 'retry', error: 'x', at: now, tookMs: 1, nextAt: now + 1e6 } as const;
    await store.outbox.recordDelivery(fence, late, retry);
    expect(await callbacks()).toEqual({ outstanding: 2, oldestAgeMs: 60_000, dead: 0 });
    const delivered = { kind: 'delivered', status: 200, at: now, tookMs: 1 } as const;
    await store.outbox.recordDelivery(fence, late, delivered);
    expect(await callbacks()).toEqual({ outstanding: 1, oldestAgeMs: 1000, dead: 0 });
    await store.outbox.recordDelivery(fence, early, delivered);
    expect(await callbacks()).toEqual({ outstanding: 0, oldestAgeMs: 0, dead: 0 });
  });

  describe('of callbacks that were given up', () => {
    const DEAD = { kind: 'dead', error: 'gone', status: 410, at: 2000, tookMs: 1 } as const;

    /** Two of them. */
    async function dead() {
      const store = newStore();
      const uids = [await finished(store, 'a', 1000, false), await finished(store, 'b', 1000)];
      const fence = await store.lead();
      for (const uid of uids) await store.outbox.recordDelivery(fence, uid, DEAD);
      const count = async () => (await store.backlog.backlog()).callbacks.dead;
      expect(await count()).toBe(2);
      return { store, fence, uid: uids[0] ?? '', count };
    }

    test('has one no more that is asked for again, until it is given up again', async () => {
      const { store, fence, uid, count } = await dead();
      await store.jobs.redeliver(uid);
      expect(await count()).toBe(1);
      await store.outbox.recordDelivery(fence, uid, { ...DEAD, redeliveries: 1 });
      expect(await count()).toBe(2);
      await store.jobs.redeliver(uid);
      const delivered = { kind: 'delivered', status: 200, at: 3000, tookMs: 1 } as const;
      await store.outbox.recordDelivery(fence, uid, { ...delivered, redeliveries: 2 });
      expect(await count()).toBe(1);
    });

    test('has one no more whose job runs again', async () => {
      const { store, uid, count } = await dead();
      await store.jobs.retryFailed(uid);
      expect(await count()).toBe(1);
    });

    test('has one no more whose job is removed, and keeps nothing of it', async () => {
      const { store, fence, uid, count } = await dead();
      await store.jobs.deleteJob(uid);
      await store.controller.expireJob(fence, uid, 4000);
      expect(await count()).toBe(1);
      expect(await store.redis.smembers(store.keys.deadCallbacks)).not.toContain(uid);
    });
  });
});
