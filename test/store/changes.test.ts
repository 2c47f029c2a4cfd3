import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectRedis, openChanges } from '../../internal/store/index.ts';
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
    expect(await changes.readChanges(read.cursor, 1)).toEqual({ cursor: read.cursor, uids: [] });
    await store.jobs.addTasks(two, tasksOf(['x']));
    expect((await changes.readChanges(read.cursor, 1)).uids).toEqual([two]);
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
