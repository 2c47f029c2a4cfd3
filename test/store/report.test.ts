import { describe, expect, test } from 'vitest';
import { codeOf, finalOf, first, OUTPUT, useStore } from './harness.ts';

const newStore = useStore();

async function claimed() {
  const store = newStore();
  const uid = await store.submit(['a', 'ü"']);
  const fence = await store.lead();
  const tasks = await store.claim(fence, uid, 2);
  const reportOf = async (index: number) =>
    (await store.controller.loadJob(uid, 0))?.attempts.find((one) => one.index === index)?.report;
  return { store, uid, fence, tasks, reportOf };
}

describe('a report', () => {
  test('of a current attempt is stored with its output', async () => {
    const { store, uid, fence, tasks, reportOf } = await claimed();
    await store.report(uid, 1, 1, 'ü"', 'text');
    expect(await reportOf(1)).toEqual({
      attempt: 1,
      exitStatus: 0,
      output: OUTPUT,
      receivedAt: store.clock.now(),
      digest: 'text',
    });
    expect(await reportOf(0)).toBeUndefined();
    for (const task of tasks) await store.settle(fence, uid, task, finalOf(task.record));
    expect((await store.jobs.readTasks(uid, 1, 1))[0]?.stdout?.toString()).toBe('text');
  });

  test('that is sent again is success, also when the task is counted already', async () => {
    const { store, uid, fence, tasks } = await claimed();
    await store.report(uid, 0, 1, 'a', 'text');
    await store.report(uid, 0, 1, 'a', 'text');
    await store.settle(fence, uid, first(tasks), finalOf(first(tasks).record));
    await store.report(uid, 0, 1, 'a', 'text');
    expect(first(await store.jobs.readTasks(uid, 0, 1)).stdout?.toString()).toBe('text');
  });

  test('is refused when another one of that attempt stands', async () => {
    const { store, uid, reportOf } = await claimed();
    await store.report(uid, 0, 1, 'a', 'text');
    expect(await codeOf(store.report(uid, 0, 1, 'a', 'other'))).toBe('ReportConflict');
    expect((await reportOf(0))?.digest).toBe('text');
  });

  test('is refused when the task is another one', async () => {
    const { store, uid, reportOf } = await claimed();
    expect(await codeOf(store.report(uid, 0, 1, 'ü"'))).toBe('TaskMismatch');
    expect(await reportOf(0)).toBeUndefined();
  });

  test('is refused when there is no such job or task', async () => {
    const { store, uid } = await claimed();
    expect(await codeOf(store.report('nobody', 0, 1, 'a'))).toBe('NotFound');
    expect(await codeOf(store.report(uid, 2, 1, 'a'))).toBe('NotFound');
  });

  test('is refused when its attempt is not current: too early, replaced, or counted', async () => {
    const { store, uid, fence, tasks } = await claimed();
    expect(await codeOf(store.report(uid, 0, 2, 'a'))).toBe('Superseded');
    const next = { attempt: 2, losses: 1, failures: 0 };
    await store.settle(fence, uid, first(tasks), { kind: 'replace', next });
    expect(await codeOf(store.report(uid, 0, 1, 'a'))).toBe('Superseded');
    await store.report(uid, 0, 2, 'a', 'second');
    await store.settle(fence, uid, { index: 0, record: next }, finalOf(next));
    expect(await codeOf(store.report(uid, 0, 1, 'a'))).toBe('Superseded');
    expect(first(await store.jobs.readTasks(uid, 0, 1)).stdout?.toString()).toBe('second');
  });

  test('of a task that was never claimed is refused', async () => {
    const store = newStore();
    const uid = await store.submit(['a']);
    expect(await codeOf(store.report(uid, 0, 1, 'a'))).toBe('Superseded');
  });

  test('rings at the change stream', async () => {
    const { store, uid } = await claimed();
    const before = await store.redis.xlen(store.keys.changes);
    await store.report(uid, 0, 1, 'a');
    expect(await store.redis.xlen(store.keys.changes)).toBe(before + 1);
  });
});
