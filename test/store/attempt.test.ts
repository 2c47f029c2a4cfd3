import { describe, expect, test } from 'vitest';
import type { AttemptRecord, Verdict } from '../../internal/apis/index.ts';
import { codeOf, finalOf, first, OUTPUT, SUCCEEDED, useStore } from './harness.ts';

const newStore = useStore();

/** A job of one task `a` that is claimed, and its leader. */
async function claimed() {
  const store = newStore();
  const uid = await store.submit(['a']);
  const fence = await store.lead();
  const { record } = first(await store.claim(fence, uid, 1));
  const current = async () =>
    first((await store.controller.loadJob(uid, store.clock.now()))?.attempts ?? []);
  const judge = (from: AttemptRecord, verdict = SUCCEEDED) => {
    const to = { ...from, verdict };
    return store.controller.recordVerdict(fence, uid, 0, {
      from,
      to,
      knowsReport: to.verdict?.source === 'report',
    });
  };
  return { store, uid, fence, record, current, judge };
}

describe('advancing an attempt', () => {
  test('replaces the record that it was decided on', async () => {
    const { store, uid, fence, record, current } = await claimed();
    const to = { ...record, serviceId: 's1' };
    await store.controller.advanceAttempt(fence, uid, 0, { from: record, to });
    expect((await current()).record).toEqual(to);
  });

  test('is refused when the record has changed since, and changes nothing', async () => {
    const { store, uid, fence, record, current } = await claimed();
    const to = { ...record, serviceId: 's1' };
    await store.controller.advanceAttempt(fence, uid, 0, { from: record, to });
    const late = { from: record, to: { ...record, serviceId: 's2' } };
    expect(await codeOf(store.controller.advanceAttempt(fence, uid, 0, late))).toBe('Conflict');
    expect((await current()).record).toEqual(to);
  });

  test('is refused for a task without an attempt', async () => {
    const { store, uid, fence, record } = await claimed();
    const change = { from: record, to: record };
    expect(await codeOf(store.controller.advanceAttempt(fence, uid, 7, change))).toBe('Conflict');
  });

  test('is refused to one who no longer leads', async () => {
    const { store, uid, fence, record, current } = await claimed();
    await store.lead('other');
    const change = { from: record, to: { ...record, serviceId: 's1' } };
    expect(await codeOf(store.controller.advanceAttempt(fence, uid, 0, change))).toBe('Fenced');
    expect((await current()).record).toEqual(record);
  });

  test('keeps words in any script, and bytes of any value', async () => {
    const { store, uid, fence, record, current, judge } = await claimed();
    const verdict = { ...SUCCEEDED, message: 'ü "quoted"\n\u2028\u0000 \\ 🙂' };
    await judge(record, verdict);
    const from = { ...record, verdict };
    const to = { ...from, output: OUTPUT };
    const stdout = Buffer.from([0, 255, 13, 10, 128, 0]);
    const stderr = Buffer.alloc(0);
    await store.controller.storeOutput(fence, uid, 0, { from, to, stdout, stderr });
    expect((await current()).record).toEqual(to);
    await store.settle(fence, uid, { index: 0, record: to }, finalOf(to));
    expect(first(await store.jobs.readTasks(uid, 0, 1))).toMatchObject({ stdout, stderr });
  });
});

describe('a verdict', () => {
  test('that knows no report is refused when one has arrived', async () => {
    const { store, uid, record, current, judge } = await claimed();
    await store.report(uid, 0, 1, 'a');
    expect(await codeOf(judge(record))).toBe('Conflict');
    expect((await current()).record).toEqual(record);
    await judge(record, { ...SUCCEEDED, source: 'report' });
    expect((await current()).record.verdict?.source).toBe('report');
  });

  test('may be stored with its output, and then too knows of a report or is refused', async () => {
    const { store, uid, fence, record, current } = await claimed();
    await store.report(uid, 0, 1, 'a');
    const bytes = { stdout: Buffer.from('mine'), stderr: Buffer.alloc(0) };
    const to = { ...record, verdict: SUCCEEDED, output: OUTPUT };
    const change = { from: record, to, ...bytes };
    expect(await codeOf(store.controller.storeOutput(fence, uid, 0, change))).toBe('Conflict');
    expect((await current()).record).toEqual(record);
    await store.controller.storeOutput(fence, uid, 0, { ...change, knowsReport: true });
    expect((await current()).record).toEqual(to);
    const told = await store.jobs.readEvents(uid, '', 10);
    expect(told.at(-1)).toMatchObject({ type: 'Succeeded', index: 0, attempt: 1 });
  });

  test('of success is refused when a report had to be refused, any other is not', async () => {
    const { store, uid, record, current, judge } = await claimed();
    await store.refuse(uid, 0, 1);
    expect(await codeOf(judge(record))).toBe('Conflict');
    expect((await current()).record).toEqual(record);
    const lost: Verdict = { ...SUCCEEDED, outcome: 'Lost', exitStatus: null, reason: 'NoReport' };
    await judge(record, lost);
    expect((await current()).record.verdict).toEqual(lost);
  });

  test('that knows of a refusal is refused when a report has arrived after that', async () => {
    const { store, uid, record, judge } = await claimed();
    await store.refuse(uid, 0, 1);
    await store.report(uid, 0, 1, 'a');
    const lost: Verdict = { ...SUCCEEDED, outcome: 'Lost', exitStatus: null, reason: 'NoReport' };
    expect(await codeOf(judge(record, lost))).toBe('Conflict');
  });

  test('refuses the report that comes after it', async () => {
    const { store, uid, record, judge, current } = await claimed();
    await judge(record);
    expect(await codeOf(store.report(uid, 0, 1, 'a'))).toBe('Superseded');
    expect((await current()).report).toBeUndefined();
  });

  test('does not mind the report of an earlier attempt', async () => {
    const { store, uid, fence, record, current, judge } = await claimed();
    await store.report(uid, 0, 1, 'a');
    await judge(record, { ...SUCCEEDED, source: 'report' });
    const judged = (await current()).record;
    const next = { attempt: 2, losses: 1, failures: 0 };
    await store.settle(fence, uid, { index: 0, record: judged }, { kind: 'replace', next });
    await judge(next);
    expect((await current()).record.verdict).toEqual(SUCCEEDED);
  });

  test('against a report at the same moment: exactly one of them stands, every time', async () => {
    for (let round = 0; round < 20; round++) {
      const { store, uid, record, judge, current } = await claimed();
      const [verdict, report] = await Promise.all([
        codeOf(judge(record)),
        codeOf(store.report(uid, 0, 1, 'a')),
      ]);
      expect([
        ['resolved', 'Superseded'],
        ['Conflict', 'resolved'],
      ]).toContainEqual([verdict, report]);
      const now = await current();
      expect([now.record.verdict !== undefined, now.report !== undefined]).toEqual([
        verdict === 'resolved',
        report === 'resolved',
      ]);
    }
  });
});

describe('settling an attempt', () => {
  test('as final counts the task and frees its slot', async () => {
    const { store, uid, fence, record } = await claimed();
    await store.settle(fence, uid, { index: 0, record }, finalOf(record, false));
    expect((await store.jobs.getJob(uid))?.status.counts).toMatchObject({ active: 0, failed: 1 });
    expect(await store.slots()).toBe(0);
    expect(await store.controller.isCurrent(uid, 0, 1)).toBe(false);
    expect(first(await store.jobs.readTasks(uid, 0, 1)).result?.attempts).toBe(1);
  });

  test('as replaced puts the next attempt in its place and keeps the slot', async () => {
    const { store, uid, fence, record, current } = await claimed();
    const next = { attempt: 2, losses: 1, failures: 0 };
    await store.settle(fence, uid, { index: 0, record }, { kind: 'replace', next });
    expect((await current()).record).toEqual(next);
    expect(await store.slots()).toBe(1);
    expect(await store.controller.isCurrent(uid, 0, 1)).toBe(false);
    expect(await store.controller.isCurrent(uid, 0, 2)).toBe(true);
  });

  test('to be tried again lets the task wait without a slot', async () => {
    const { store, uid, fence, record } = await claimed();
    const next = { attempt: 2, losses: 0, failures: 1 };
    const notBefore = store.clock.now() + 500;
    await store.settle(fence, uid, { index: 0, record }, { kind: 'retry', next, notBefore });
    expect(await store.slots()).toBe(0);
    expect((await store.jobs.getJob(uid))?.status.counts).toMatchObject({ pending: 1, active: 0 });
    expect(await store.controller.loadJob(uid, store.clock.now())).toMatchObject({
      attempts: [],
      runnable: 0,
      nextRetryAt: notBefore,
    });
  });

  test.each(['final', 'replace', 'retry'] as const)('as %s happens once', async (kind) => {
    const { store, uid, fence, record } = await claimed();
    const next = { attempt: 2, losses: 0, failures: 0 };
    const settlement = kind === 'final' ? finalOf(record) : { kind, next, notBefore: 0 };
    const settle = () => store.settle(fence, uid, { index: 0, record }, settlement);
    await settle();
    const before = await store.jobs.getJob(uid);
    expect(await codeOf(settle())).toBe('Conflict');
    expect(await store.jobs.getJob(uid)).toEqual(before);
    expect(await store.slots()).toBe(kind === 'replace' ? 1 : 0);
  });

  test('is refused to one who no longer leads', async () => {
    const { store, uid, fence, record } = await claimed();
    await store.lead('other');
    const settle = store.settle(fence, uid, { index: 0, record }, finalOf(record));
    expect(await codeOf(settle)).toBe('Fenced');
    expect(await store.recount(uid)).toMatchObject({ active: 1, succeeded: 0 });
  });
});

test('what was taken back unplaced is due once it is woken, and nothing else that waits', async () => {
  const store = newStore();
  const fence = await store.lead();
  const uid = await store.submit(['a', 'b', 'c']);
  const [a, b, c] = await store.claim(fence, uid, 3);
  if (a === undefined || b === undefined || c === undefined)
    throw new Error('not all were claimed');
  const next = { attempt: 2, losses: 0, failures: 0, returned: 1 };
  const notBefore = store.clock.now() + 60_000;
  await store.settle(fence, uid, a, {
    ...{ kind: 'retry', notBefore },
    next: { ...next, takenBack: true },
  });
  // A retry that has to wait as long as it was told to.
  await store.settle(fence, uid, b, { kind: 'retry', notBefore, next: { ...next, failures: 1 } });
  await store.controller.wakeReturned(fence, uid, store.clock.now());
  expect((await store.claim(fence, uid, 3)).map(({ index }) => index)).toEqual([0]);
  const late = { ...fence, token: fence.token - 1 };
  expect(await codeOf(store.controller.wakeReturned(late, uid, 0))).toBe('Fenced');
});
