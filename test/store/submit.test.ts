import { describe, expect, test } from 'vitest';
import { StoreConnection } from '../../internal/store/connection.ts';
import { StoreError } from '../../internal/store/index.ts';
import { makeKeys } from '../../internal/store/keys.ts';
import { stageTasks } from '../../internal/store/staged-tasks.ts';
import { codeOf, finalOf, first, SPEC, tasksOf, useStore } from './harness.ts';

const newStore = useStore();

describe('submitting a job', () => {
  test('stores the spec and the tasks in order, and the job is active', async () => {
    const store = newStore();
    const uid = await store.submit(['b', 'a', 'ü"\n']);
    expect(await store.jobs.getJob(uid)).toEqual({
      metadata: {
        ...{ uid, namespace: 'default', name: uid.toLowerCase(), resourceVersion: 1 },
        creationTimestamp: store.clock.now(),
        generation: 1,
      },
      spec: SPEC,
      status: {
        phase: 'Running',
        counts: { total: 3, pending: 3, active: 0, succeeded: 0, failed: 0, cancelled: 0 },
        conditions: [],
      },
    });
    expect((await store.jobs.readTasks(uid, 0, 10)).map((task) => task.spec)).toEqual(
      tasksOf(['b', 'a', 'ü"\n']),
    );
    expect(await store.controller.activeJobs()).toEqual([uid]);
    expect(await store.controller.readTask(uid, 1)).toEqual({ name: 'a', args: ['--a'] });
  });

  test('of many tasks sends them ahead, and has them all at once', async () => {
    const store = newStore();
    const names = Array.from({ length: 2501 }, (_, i) => `t${i}`);
    const uid = await store.submit(names);
    const job = await store.jobs.getJob(uid);
    expect(job?.status.counts).toMatchObject({ total: 2501, pending: 2501 });
    const read = await store.jobs.readTasks(uid, 0, 3000);
    expect(read.map(({ index, spec }) => [index, spec.name])).toEqual(
      names.map((it, i) => [i, it]),
    );
    expect(await store.redis.keys(`${store.prefix}staged:*`)).toEqual([]);
    expect(await store.redis.pttl(`${store.prefix}job:${uid}:tasks`)).toBe(-1);
    expect(await store.redis.pttl(`${store.prefix}job:${uid}:names`)).toBe(-1);
    expect(await codeOf(store.jobs.addTasks(uid, tasksOf(['t7'])))).toBe('DuplicateTask');
  });

  test('of many tasks, of which one comes twice, stores nothing', async () => {
    const store = newStore();
    const names = Array.from({ length: 2501 }, (_, i) => `t${i % 2500}`);
    const error = await store.submit(names).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'DuplicateTask', details: ['t0'] });
    expect(await store.redis.keys(`${store.prefix}*`)).toEqual([]);
  });

  test('leaves what was sent ahead to expire when its process dies before the job is there', async () => {
    const store = newStore();
    const uid = '01J00000000000000000000000';
    const connection = new StoreConnection(store.redis, makeKeys(store.prefix));
    await stageTasks(connection, uid, tasksOf(['a', 'b']));
    expect(await store.jobs.getJob(uid)).toBeUndefined();
    for (const key of Object.values(makeKeys(store.prefix).staged(uid))) {
      expect(await store.redis.pttl(key)).toBeGreaterThan(0);
    }
  });

  test('reads a page of the tasks, shorter at the end', async () => {
    const store = newStore();
    const uid = await store.submit(['a', 'b', 'c', 'd']);
    const page = async (from: number) =>
      (await store.jobs.readTasks(uid, from, 3)).map(({ index, spec }) => [index, spec.name]);
    expect(await page(1)).toEqual([
      [1, 'b'],
      [2, 'c'],
      [3, 'd'],
    ]);
    expect(await page(3)).toEqual([[3, 'd']]);
    expect(await page(4)).toEqual([]);
  });

  test('stores nothing when a name comes twice, and says which', async () => {
    const store = newStore();
    const error = await store.submit(['a', 'b', 'a', 'b', 'c']).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ code: 'DuplicateTask', details: ['a', 'b'] });
    expect(await store.redis.keys(`${store.prefix}*`)).toEqual([]);
    expect(await store.controller.activeJobs()).toEqual([]);
  });

  test('with a known idempotency key and the same body gives the earlier job', async () => {
    const store = newStore();
    const submitAs = (uid: string, digest: string, key = 'key') =>
      store.jobs.submitJob({ uid, spec: SPEC, tasks: [], idempotency: { key, digest } });
    expect(await submitAs('J1', 'body')).toBe('J1');
    expect(await submitAs('J2', 'body')).toBe('J1');
    expect(await codeOf(submitAs('J3', 'other body'))).toBe('IdempotencyConflict');
    expect(await submitAs('J4', 'other body', 'other key')).toBe('J4');
    expect((await store.controller.activeJobs()).sort()).toEqual(['J1', 'J4']);
  });

  test('forgets an idempotency key only after a day', async () => {
    const store = newStore();
    await store.jobs.submitJob({
      uid: 'J1',
      spec: SPEC,
      tasks: [],
      idempotency: { key: 'k', digest: 'd' },
    });
    expect(await store.redis.ttl(store.keys.idempotency('k'))).toBe(24 * 60 * 60);
  });
});

describe('adding tasks', () => {
  test('appends them behind those there are', async () => {
    const store = newStore();
    const uid = await store.submit(['a']);
    await store.jobs.addTasks(uid, tasksOf(['b', 'c']));
    expect((await store.jobs.getJob(uid))?.status.counts).toMatchObject({
      total: 3,
      pending: 3,
    });
    expect((await store.jobs.readTasks(uid, 0, 9)).map(({ spec }) => spec.name).join('')).toBe(
      'abc',
    );
  });

  test('adds none when one name is taken, and says which', async () => {
    const store = newStore();
    const uid = await store.submit(['a', 'b']);
    const error = await store.jobs
      .addTasks(uid, tasksOf(['c', 'b', 'd', 'd']))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'DuplicateTask', details: ['b', 'd'] });
    expect((await store.jobs.getJob(uid))?.status.counts.total).toBe(2);
    expect((await store.jobs.readTasks(uid, 0, 9)).length).toBe(2);
    await store.jobs.addTasks(uid, tasksOf(['c']));
  });

  test('names 20,000 duplicates without running out of stack', async () => {
    const store = newStore();
    const uid = await store.submit(['a']);
    const names = Array.from({ length: 20_000 }, (_, i) => `t${i}`);
    await store.jobs.addTasks(uid, tasksOf(names));
    const error = await store.jobs.addTasks(uid, tasksOf(names)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'DuplicateTask' });
    expect((await store.jobs.getJob(uid))?.status.counts.total).toBe(20_001);
  });

  test('takes 100,000 in one call', async () => {
    const store = newStore();
    const uid = await store.submit(
      Array.from({ length: 100_000 }, (_, i) => `${i}`),
      SPEC,
      'many',
    );
    expect((await store.jobs.getJob(uid))?.status.counts.total).toBe(100_000);
    expect(await store.controller.readTask(uid, 99_999)).toMatchObject({ name: '99999' });
  });

  test('is refused for a job that does not exist, and for one that is finished', async () => {
    const store = newStore();
    expect(await codeOf(store.jobs.addTasks('nobody', tasksOf(['x'])))).toBe('NotFound');
    const uid = await store.submit(['a']);
    const fence = await store.lead();
    const claimed = first(await store.claim(fence, uid, 1));
    await store.settle(fence, uid, claimed, finalOf(claimed.record));
    await store.jobs.addTasks(uid, []);
    expect(await store.controller.completeJob(fence, uid, 1)).toBe(true);
    expect(await codeOf(store.jobs.addTasks(uid, tasksOf(['b'])))).toBe('Finished');
  });
});
