import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectRedis, openChanges, openStores } from '../../internal/store/index.ts';
import { cronSpec } from '../cron/course.ts';
import { RunningJobs } from '../cron/running-jobs.ts';
import { silent, type TestStore, tasksOf, useStore } from './harness.ts';

const newStore = useStore();
let reader: ReturnType<typeof connectRedis>;
beforeAll(async () => {
  const path = newStore().redis.options.path ?? '';
  reader = connectRedis({ kind: 'unix', path }, silent);
  await reader.connect();
});
afterAll(() => reader.disconnect());

const changesOf = (store: TestStore) => openChanges(reader, store.prefix);

describe('the change stream', () => {
  test('wakes who waits for it when a job is submitted', async () => {
    const store = newStore();
    const changes = changesOf(store);
    const waiting = changes.readChanges(await changes.changesEnd(), 4000);
    const uid = await store.submit(['a']);
    expect((await waiting).uids).toEqual([uid]);
  });

  test('names each job once, and goes on behind what was read', async () => {
    const store = newStore();
    const changes = changesOf(store);
    const begin = await changes.changesEnd();
    const [one, two] = [await store.submit(['a']), await store.submit(['b'])];
    await store.jobs.addTasks(one, tasksOf(['x']));
    const read = await changes.readChanges(begin, 1);
    expect(read.uids).toEqual([one, two]);
    expect(await changes.readChanges(read.cursor, 1)).toEqual({
      ...{ cursor: read.cursor, uids: [], topics: [] },
    });
    await store.jobs.addTasks(two, tasksOf(['x']));
    expect((await changes.readChanges(read.cursor, 1)).uids).toEqual([two]);
  });

  test('tells of what is written or asked for beside jobs, and of finished jobs that are to go', async () => {
    const store = newStore();
    const { operator } = openStores(store.redis, store.clock, store.prefix);
    const cronJobs = new RunningJobs(store, () => 0);
    const changes = changesOf(store);
    let cursor = await changes.changesEnd();
    const told = async () => {
      const news = await changes.readChanges(cursor, 1);
      cursor = news.cursor;
      return [news.uids, news.topics];
    };
    const uid = await cronJobs.add('one', cronSpec({ schedule: '@daily' }));
    expect(await told()).toEqual([[], ['cronJobs']]);
    await cronJobs.crons.deleteCronJob(uid);
    await operator.wishNode({ node: 'n1', wish: 'drain', at: 1 });
    await operator.wishNode({ node: 'n2', wish: 'drain', at: 1 });
    expect(await told()).toEqual([[], ['cronJobs', 'nodes']]);
    expect(await operator.nodeWishes()).toHaveLength(2);
    await operator.askInventory();
    expect(await told()).toEqual([[], ['inventory']]);
    await store.redis.xadd(store.keys.changes, '*', 'topic', 'of a newer version');
    const job = await store.submit(['a']);
    await store.jobs.deleteJob(job);
    expect(await told()).toEqual([[job], []]);
    const fence = await store.lead();
    const ending = { phase: 'Cancelled', reason: 'CancelRequested', message: '' } as const;
    await store.controller.endJob(fence, job, ending);
    await store.controller.completeJob(fence, job, 1);
    await store.jobs.deleteJob(job);
    expect(await told()).toEqual([[job], ['removals']]);
  });

  test('begins behind what was there before', async () => {
    const store = newStore();
    await store.submit(['a']);
    const changes = changesOf(store);
    expect((await changes.readChanges(await changes.changesEnd(), 1)).uids).toEqual([]);
  });

  test('of a store that was never used ends where the first change begins', async () => {
    const changes = changesOf(newStore());
    expect(await changes.changesEnd()).toBe('0-0');
  });
});
