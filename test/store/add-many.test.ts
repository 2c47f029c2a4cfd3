import { ulid } from 'ulid';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../internal/clock/clock.ts';
import { taskPairs } from '../../internal/store/accept-keys.ts';
import { StoreConnection } from '../../internal/store/connection.ts';
import { openLogs, openStores } from '../../internal/store/index.ts';
import { codeOf, SPEC, type TestStore, tasksOf, useStore } from './harness.ts';

const newStore = useStore();
const MANY = 3000;

const namesOf = (what: string, count = MANY) => Array.from({ length: count }, (_, i) => what + i);

/** A job of two tasks, and two API servers on its store. */
async function running() {
  const store = newStore();
  const uid = await store.submit(['a', 'b']);
  const open = () => openStores(store.redis, systemClock, store.prefix).jobs;
  return { store, uid, one: open(), other: open() };
}

/** All names of a job's tasks, and that each is found by its name. */
async function tasksIn(store: TestStore, uid: string): Promise<string[]> {
  const views = await store.jobs.readTasks(uid, 0, 100_000);
  const logs = openLogs(store.redis, { waitFor: async () => {} }, store.prefix);
  for (const { index, spec } of views.filter((_, i) => i < 9 || i % 100 === 0)) {
    expect(await logs.findTask(uid, spec.name)).toBe(index);
  }
  expect((await store.jobs.getJob(uid))?.status.counts.total).toBe(views.length);
  const { tasks, names } = store.keys.job(uid);
  const stored = [await store.redis.hlen(tasks), await store.redis.hlen(names)];
  expect(stored).toEqual([views.length, views.length]);
  expect(await store.redis.keys(`${store.prefix}staged:*`)).toEqual([]);
  return views.map(({ spec }) => spec.name);
}

/** Awaits that somebody has written a part, of several. */
async function begun(store: TestStore, uid: string): Promise<void> {
  while ((await store.redis.exists(store.keys.adding(uid))) === 0);
}

/** Writes a part behind the tasks of a job, as a process does that stands still then, or dies. */
async function writePart(store: TestStore, uid: string, names: string[], ms = 1): Promise<void> {
  const { job, tasks, names: byName } = store.keys.job(uid);
  const keys = [job, tasks, byName, store.keys.adding(uid)];
  const connection = new StoreConnection(store.redis, store.keys);
  await connection.transition('add_part', keys, [ulid(), ms, 0, ...taskPairs(tasksOf(names))]);
}

describe('adding many tasks to a job', () => {
  test('appends all of them, in order', async () => {
    const { store, uid, one } = await running();
    await one.addTasks(uid, tasksOf(namesOf('x')));
    expect(await tasksIn(store, uid)).toEqual(['a', 'b', ...namesOf('x')]);
  });

  test('adds none when some names are taken, and says which, wherever they stand', async () => {
    const { store, uid, one } = await running();
    const names = namesOf('x');
    names[3] = 'b';
    names[2650] = 'a';
    await expect(one.addTasks(uid, tasksOf(names))).rejects.toMatchObject({
      code: 'DuplicateTask',
      details: ['b', 'a'],
    });
    expect(await tasksIn(store, uid)).toEqual(['a', 'b']);
    await one.addTasks(uid, tasksOf(['x0']));
  });

  test('adds none to a job that has finished meanwhile', async () => {
    const { store, uid, one } = await running();
    const adding = one.addTasks(uid, tasksOf(namesOf('x')));
    await begun(store, uid);
    await store.redis.hset(store.keys.job(uid).job, 'phase', 'Complete');
    expect(await codeOf(adding)).toBe('Finished');
    expect(await tasksIn(store, uid)).toEqual(['a', 'b']);
  });

  test('by several callers adds those of each, one after the other', async () => {
    const { store, uid, one, other } = await running();
    const small = openStores(store.redis, systemClock, store.prefix).jobs;
    await Promise.all([
      one.addTasks(uid, tasksOf(namesOf('x'))),
      other.addTasks(uid, tasksOf(namesOf('y'))),
      small.addTasks(uid, tasksOf(['c', 'd'])),
    ]);
    const found = await tasksIn(store, uid);
    const sets = [namesOf('x'), namesOf('y'), ['c', 'd']];
    expect(found).toHaveLength(2 + 2 * MANY + 2);
    for (const names of sets) {
      const first = found.indexOf(names[0] ?? '');
      expect(found.slice(first, first + names.length)).toEqual(names);
    }
  });

  test('shows none of them before all are there', async () => {
    const { store, uid } = await running();
    await writePart(store, uid, ['x', 'y']);
    expect((await store.jobs.readTasks(uid, 0, 9)).map(({ spec }) => spec.name)).toEqual([
      ...['a', 'b'],
    ]);
    const logs = openLogs(store.redis, { waitFor: async () => {} }, store.prefix);
    expect(await logs.findTask(uid, 'x')).toBeUndefined();
    const fence = await store.lead();
    expect(await store.claim(fence, uid, 9)).toHaveLength(2);
  });

  test.each([2, 1200])('leaves nothing of %i that a killed server had written', async (count) => {
    const { store, uid, one, other } = await running();
    await writePart(store, uid, namesOf('x', count));
    await one.addTasks(uid, tasksOf(['x1', 'c']));
    expect(await tasksIn(store, uid)).toEqual(['a', 'b', 'x1', 'c']);
    await writePart(store, uid, namesOf('y', count));
    await other.addTasks(uid, tasksOf(namesOf('y')));
    expect(await tasksIn(store, uid)).toEqual(['a', 'b', 'x1', 'c', ...namesOf('y')]);
  });

  test('waits no longer for one that stands still than its time', async () => {
    const { store, uid, one } = await running();
    await writePart(store, uid, ['x', 'y'], 700);
    const since = performance.now();
    await one.addTasks(uid, tasksOf(namesOf('z')));
    expect(performance.now() - since).toBeGreaterThan(500);
    expect(await tasksIn(store, uid)).toEqual(['a', 'b', ...namesOf('z')]);
  });

  test('adds none of one that stood still so long that another has taken its place', async () => {
    const { store, uid, one, other } = await running();
    const slow = codeOf(one.addTasks(uid, tasksOf(namesOf('x'))));
    await begun(store, uid);
    await store.redis.unlink(store.keys.adding(uid));
    await other.addTasks(uid, tasksOf(['c']));
    expect(await slow).toBe('Unavailable');
    expect(await tasksIn(store, uid)).toEqual(['a', 'b', 'c']);
  });
});

test('a job that is applied with many more tasks gets them, or none', async () => {
  const { store, uid, one } = await running();
  const meta = { namespace: 'default', name: uid.toLowerCase() };
  const change = { spec: SPEC, meta, applied: { spec: {}, tasks: 2 + MANY } };
  const apply = (edits: number, names: string[]) =>
    one.applyJob(uid, { ...change, edits, tasks: tasksOf(names) });
  await apply(0, namesOf('x'));
  expect(await tasksIn(store, uid)).toEqual(['a', 'b', ...namesOf('x')]);
  expect(await codeOf(apply(0, namesOf('y')))).toBe('Conflict');
  expect(await tasksIn(store, uid)).toEqual(['a', 'b', ...namesOf('x')]);
});
