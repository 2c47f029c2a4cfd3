import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectRedis } from '../../internal/store/index.ts';
import { injectLab } from '../lab/inject.ts';
import type { Redis as Server } from '../lab/redis.ts';
import { codeOf, finalOf, first, SPEC, silent, TestStore } from './harness.ts';

/** A Redis that has reached its `maxmemory`: what runs ends, what is not needed goes, nothing new begins. */
const lab = injectLab();
let server: Server;
let redis: Redis;
let stores = 0;

beforeAll(async () => {
  server = await lab.startRedis();
  redis = connectRedis({ kind: 'unix', path: server.socketPath }, silent);
  await redis.connect();
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const CALLBACK = { ...SPEC, callback: { url: 'http://receiver/done' } };

/** Runs `what` while not a byte more may be taken. */
async function whenFull<T>(what: () => Promise<T>): Promise<T> {
  await redis.config('SET', 'maxmemory', '1');
  try {
    return await what();
  } finally {
    await redis.config('SET', 'maxmemory', '0');
  }
}

async function leading() {
  const store = new TestStore(redis, `full-${stores++}:`);
  return { store, fence: await store.lead() };
}

describe('while Redis is full', () => {
  test('a running task ends, its job too, its callback is recorded, and the job expires', async () => {
    const { store, fence } = await leading();
    const uid = await store.submit(['a'], { ...CALLBACK, ttlSecondsAfterFinished: 1 });
    const task = first(await store.claim(fence, uid, 1));
    await whenFull(async () => {
      await store.lease.renewLease('me', fence);
      expect(await store.controller.loadJob(uid, 0)).toBeDefined();
      await store.settle(fence, uid, task, finalOf(task.record, true));
      expect(await store.controller.completeJob(fence, uid, 1000)).toBe(true);
      const [entry] = await store.outbox.dueCallbacks(1000, 10);
      expect(entry).toMatchObject({ jobUid: uid, url: CALLBACK.callback.url });
      const result = { kind: 'delivered', status: 200, at: 1500, tookMs: 1 } as const;
      await store.outbox.recordDelivery(fence, uid, result);
      expect((await store.jobs.getJob(uid))?.status.phase).toBe('Complete');
      expect(await store.controller.expiredJobs(2000, 10)).toEqual([uid]);
      await store.controller.expireJob(fence, uid, 2000);
      expect(await store.jobs.getJob(uid)).toBeUndefined();
    });
  });

  test('a job is cancelled, suspended and deleted, and its events are told', async () => {
    const { store } = await leading();
    const uid = await store.submit(['a']);
    await whenFull(async () => {
      await store.jobs.suspendJob(uid, true);
      await store.jobs.cancelJob(uid);
      await store.controller.addEvent(uid, { type: 'Running', index: 0, attempt: 1 });
      await store.jobs.deleteJob(uid);
      expect((await store.jobs.getJob(uid))?.spec).toMatchObject({ cancel: true, suspend: true });
    });
    const types = (await store.jobs.readEvents(uid, '', 10)).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['CancelRequested', 'Running']));
  });

  test('another controller takes the lease', async () => {
    const { store, fence } = await leading();
    await whenFull(async () => {
      expect((await store.lead('another')).token).toBe(fence.token + 1);
    });
  });

  test('nothing new begins: no job, no task, no attempt', async () => {
    const { store, fence } = await leading();
    const uid = await store.submit(['a']);
    await whenFull(async () => {
      const codes = [
        await codeOf(store.jobs.submitJob({ uid: 'Jnew', spec: SPEC, tasks: [] })),
        await codeOf(store.jobs.addTasks(uid, [{ name: 'b', args: [] }])),
        await codeOf(store.claim(fence, uid, 1)),
      ];
      expect(codes).toEqual(Array(3).fill('Unavailable'));
    });
    expect(await store.slots()).toBe(0);
    expect(await store.claim(fence, uid, 1)).toHaveLength(1);
  });
});
