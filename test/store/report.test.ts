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

describe('a refused report', () => {
  const eventsOf = async ({ store, uid }: Pick<Claimed, 'store' | 'uid'>) =>
    (await store.jobs.readEvents(uid, '', 100)).filter(({ type }) => type === 'ReportRefused');

  test('is known to the controller and told once, however often it comes', async () => {
    const { store, uid, reportOf } = await claimed();
    const before = await store.redis.xlen(store.keys.changes);
    await store.refuse(uid, 0, 1, 'no status');
    await store.refuse(uid, 0, 1, 'no status');
    await store.refuse(uid, 0, 1, 'no JSON');
    expect(await reportOf(0)).toMatchObject({
      attempt: 1,
      exitStatus: null,
      refused: 'no status',
      receivedAt: store.clock.now(),
    });
    expect(await eventsOf({ store, uid })).toEqual([
      expect.objectContaining({ index: 0, attempt: 1, reason: 'Invalid', message: 'no status' }),
    ]);
    expect(await store.redis.xlen(store.keys.changes)).toBe(before + 1);
    expect(await store.redis.hexists(store.keys.job(uid).stdout, '0')).toBe(0);
  });

  test('gives way to one that can be understood', async () => {
    const { store, uid, reportOf } = await claimed();
    await store.refuse(uid, 0, 1);
    await store.report(uid, 0, 1, 'a', 'text');
    const report = await reportOf(0);
    expect(report).toMatchObject({ digest: 'text', exitStatus: 0 });
    expect(report?.refused).toBeUndefined();
  });

  test('changes nothing of a report that stands, and is told', async () => {
    const { store, uid, reportOf } = await claimed();
    await store.report(uid, 0, 1, 'a', 'text');
    expect(await codeOf(store.refuse(uid, 0, 1))).toBe('ReportConflict');
    expect((await reportOf(0))?.digest).toBe('text');
    expect(await eventsOf({ store, uid })).toMatchObject([{ reason: 'Conflict' }]);
  });

  test('of an attempt that is not current is told as that', async () => {
    const { store, uid, reportOf } = await claimed();
    expect(await codeOf(store.refuse(uid, 0, 2))).toBe('Superseded');
    expect(await codeOf(store.refuse('nobody', 0, 1))).toBe('NotFound');
    expect(await reportOf(0)).toBeUndefined();
  });
});

type Claimed = Awaited<ReturnType<typeof claimed>>;

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

  test('need not name its task', async () => {
    const { store, uid, reportOf } = await claimed();
    const output = { summary: OUTPUT, stdout: Buffer.from('out'), stderr: Buffer.alloc(0) };
    const id = { jobUid: uid, index: 1, attempt: 1 };
    await store.jobs.storeReport({ id, exitStatus: null, output, digest: 'd' });
    expect(await reportOf(1)).toMatchObject({ attempt: 1, exitStatus: null });
  });

  test('that broke off gives way to the whole one, which stands', async () => {
    const { store, uid, reportOf } = await claimed();
    const output = { summary: OUTPUT, stdout: Buffer.from('ou'), stderr: Buffer.alloc(0) };
    const id = { jobUid: uid, index: 0, attempt: 1 };
    const part = { id, exitStatus: 0, output, digest: 'part', partial: true } as const;
    await store.jobs.storeReport(part, 'a');
    expect(await reportOf(0)).toMatchObject({ digest: 'part', partial: true });
    expect(await codeOf(store.refuse(uid, 0, 1))).toBe('ReportConflict');
    await store.report(uid, 0, 1, 'a', 'whole');
    expect(await reportOf(0)).toMatchObject({ digest: 'whole' });
    expect(await codeOf(store.jobs.storeReport(part, 'a'))).toBe('ReportConflict');
    expect((await reportOf(0))?.partial).toBeUndefined();
  });

  test('rings at the change stream', async () => {
    const { store, uid } = await claimed();
    const before = await store.redis.xlen(store.keys.changes);
    await store.report(uid, 0, 1, 'a');
    expect(await store.redis.xlen(store.keys.changes)).toBe(before + 1);
  });
});
