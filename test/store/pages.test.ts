import { expect, test } from 'vitest';
import { pageTasks } from '../../internal/wire/index.ts';
import { finishAtOnce } from '../support/finish-at-once.ts';
import { finalOf, first, OUTPUT, SPEC, tasksOf, useStore } from './harness.ts';

const newStore = useStore();
const MIB = 1024 * 1024;

test('all tasks of a large job are read in few and short reads', async () => {
  const store = newStore();
  const names = Array.from({ length: 100_000 }, (_, i) => `t${i}`);
  await store.jobs.submitJob({ uid: 'Jlarge', spec: SPEC, tasks: tasksOf(names) });
  await store.redis.config('SET', 'slowlog-log-slower-than', '500000');
  await store.redis.slowlog('RESET');
  let reads = 0;
  const reader = {
    readTasks: (uid: string, from: number, limit: number) => {
      reads += 1;
      return store.jobs.readTasks(uid, from, limit);
    },
  };
  let count = 0;
  for await (const page of pageTasks(reader, 'Jlarge')) {
    expect(page.at(-1)?.index).toBe(count + page.length - 1);
    count += page.length;
  }
  expect(count).toBe(100_000);
  expect(reads).toBeLessThan(210);
  expect(await store.redis.slowlog('GET', 10)).toEqual([]);
});

test('of tasks that wrote nothing no output is asked for', async () => {
  const store = newStore();
  const names = Array.from({ length: 2000 }, (_, i) => `t${i}`);
  await store.jobs.submitJob({ uid: 'Jsilent', spec: SPEC, tasks: tasksOf(names) });
  await finishAtOnce(store, 'Jsilent', names.length, () => 'failed');
  await store.redis.config('RESETSTAT');
  let pages = 0;
  for await (const page of pageTasks(store.jobs, 'Jsilent')) {
    expect(page.every(({ stdout, stderr }) => stdout?.length === 0 && stderr?.length === 0)).toBe(
      true,
    );
    pages += 1;
  }
  const stats = await store.redis.info('commandstats');
  // Tasks, next, current attempts and results; a last page is empty.
  expect(Number(/^cmdstat_hmget:calls=(\d+)/m.exec(stats)?.[1])).toBe(4 * (pages + 1));
});

test('a page of tasks with large outputs is cut, and a short one is not', async () => {
  const store = newStore();
  const fence = await store.lead();
  const names = Array.from({ length: 40 }, (_, i) => `t${i}`);
  const uid = await store.submit(names, { ...SPEC, outputLimitBytes: 64 * MIB }, 'outputs');
  const output = { ...OUTPUT, stdout: { bytes: 4 * MIB, truncated: false } };
  for (const task of await store.claim(fence, uid, 40)) {
    const final = finalOf(task.record);
    await store.settle(fence, uid, task, { ...final, result: { ...final.result, output } });
  }
  expect(await store.jobs.readTasks(uid, 0, 16)).toHaveLength(16);
  expect(await store.jobs.readTasks(uid, 0, 40)).toHaveLength(8);
  let count = 0;
  for await (const page of pageTasks(store.jobs, uid)) count += page.length;
  expect(count).toBe(40);
  expect(first(await store.jobs.readTasks(uid, 39, 40)).index).toBe(39);
});
