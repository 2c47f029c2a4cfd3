import { describe, expect, test } from 'vitest';
import { type JobEvent, TIMELINE_LENGTH } from '../../internal/apis/index.ts';
import { finalOf, first, SPEC, SUCCEEDED, type TestStore, useStore } from './harness.ts';

const newStore = useStore();
const CALLBACK = { ...SPEC, callback: { url: 'http://receiver/done' } };

/** The timeline without the ids and times that Redis gave it. */
async function timeline(store: TestStore, uid: string): Promise<JobEvent[]> {
  const entries = await store.jobs.readEvents(uid, '', 1000);
  return entries.map(({ id: _id, at: _at, ...event }) => event);
}

/** Goes through the life of one attempt of task 0, from its claim to its verdict. */
async function judged(store: TestStore, uid: string) {
  const fence = await store.lead();
  const { record } = first(await store.claim(fence, uid, 1));
  const created = { ...record, serviceId: 's1' };
  await store.controller.advanceAttempt(fence, uid, 0, { from: record, to: created });
  await store.controller.addEvent(uid, { type: 'Pending', index: 0, attempt: 1, message: 'full' });
  await store.report(uid, 0, 1, 'a');
  const verdict = { ...SUCCEEDED, source: 'report' as const, nodeId: 'n1' };
  const to = { ...created, verdict };
  await store.controller.recordVerdict(fence, uid, 0, { from: created, to, knowsReport: true });
  return { fence, record: to };
}

describe('the timeline of a job', () => {
  test('tells its life in order', async () => {
    const store = newStore();
    const uid = await store.submit(['a'], CALLBACK);
    const { fence, record } = await judged(store, uid);
    await store.settle(fence, uid, { index: 0, record }, finalOf(record));
    await store.controller.completeJob(fence, uid, 1000);
    const retry = { kind: 'retry', error: 'refused', at: 1, tookMs: 1, nextAt: 2 } as const;
    await store.outbox.recordDelivery(fence, uid, retry);
    await store.outbox.recordDelivery(fence, uid, {
      kind: 'delivered',
      status: 200,
      at: 2,
      tookMs: 1,
    });
    const of = { index: 0, attempt: 1 };
    expect(await timeline(store, uid)).toEqual([
      { type: 'Accepted' },
      { type: 'Created', ...of },
      { type: 'Pending', ...of, message: 'full' },
      { type: 'Reported', ...of },
      { type: 'Succeeded', ...of, status: 0, node: 'n1' },
      { type: 'Finished', reason: 'Complete' },
      { type: 'CallbackFailed', message: 'refused' },
      { type: 'CallbackDelivered', status: 200 },
    ]);
  });

  test('tells what users asked for, and what became of it', async () => {
    const store = newStore();
    const fence = await store.lead();
    const uid = await store.submit([], CALLBACK, 'wishes');
    await store.jobs.addTasks(uid, [{ name: 'a', args: [] }]);
    await store.jobs.suspendJob(uid, true);
    await store.jobs.suspendJob(uid, false);
    await store.jobs.cancelJob(uid);
    const ending = { phase: 'Cancelled', reason: 'CancelRequested', message: 'by bob' } as const;
    await store.controller.endJob(fence, uid, ending);
    await store.controller.endJob(fence, uid, ending);
    await store.controller.completeJob(fence, uid, 1000);
    await store.jobs.retryFailed(uid);
    expect(await timeline(store, uid)).toEqual([
      { type: 'Accepted' },
      { type: 'TasksAdded' },
      { type: 'Suspended' },
      { type: 'Resumed' },
      { type: 'CancelRequested' },
      { type: 'Ending', reason: 'CancelRequested', message: 'by bob' },
      { type: 'Finished', reason: 'Cancelled' },
      { type: 'RetryRequested' },
    ]);
  });

  test('tells of attempts that are replaced, and of ones that wait', async () => {
    const store = newStore();
    const fence = await store.lead();
    const uid = await store.submit(['a']);
    const { record } = first(await store.claim(fence, uid, 1));
    const second = { attempt: 2, losses: 1, failures: 0 };
    await store.settle(fence, uid, { index: 0, record }, { kind: 'replace', next: second });
    const third = { attempt: 3, losses: 1, failures: 1 };
    const settlement = { kind: 'retry', next: third, notBefore: 1000 } as const;
    await store.settle(fence, uid, { index: 0, record: second }, settlement);
    expect(await timeline(store, uid)).toEqual([
      { type: 'Accepted' },
      { type: 'Replaced', index: 0, attempt: 2 },
      { type: 'Retrying', index: 0, attempt: 3, message: 'not before 1970-01-01T00:00:01.000Z' },
    ]);
  });

  test('tells of reports that were refused, and says nothing of one that comes again', async () => {
    const store = newStore();
    const uid = await store.submit(['a']);
    const fence = await store.lead();
    await store.claim(fence, uid, 1);
    await store.report(uid, 0, 1, 'a');
    await store.report(uid, 0, 1, 'a');
    await store.report(uid, 0, 1, 'a', 'something else').catch(() => undefined);
    await store.report(uid, 0, 7, 'a').catch(() => undefined);
    expect((await timeline(store, uid)).slice(1)).toEqual([
      { type: 'Reported', index: 0, attempt: 1 },
      { type: 'ReportRefused', index: 0, attempt: 1, reason: 'Conflict' },
      { type: 'ReportRefused', index: 0, attempt: 7, reason: 'Superseded' },
    ]);
  });

  test('tells nothing of a step that was refused', async () => {
    const store = newStore();
    const uid = await store.submit(['a']);
    const fence = await store.lead();
    const { record } = first(await store.claim(fence, uid, 1));
    await store.lead('other');
    const change = { from: record, to: { ...record, serviceId: 's1' } };
    await store.controller.advanceAttempt(fence, uid, 0, change).catch(() => undefined);
    await store.settle(fence, uid, { index: 0, record }, finalOf(record)).catch(() => undefined);
    expect(await timeline(store, uid)).toEqual([{ type: 'Accepted' }]);
  });

  test('is read page by page, each from where the last one ended', async () => {
    const store = newStore();
    const uid = await store.submit(['a']);
    for (let attempt = 1; attempt <= 4; attempt++) {
      await store.controller.addEvent(uid, { type: 'Pending', index: 0, attempt });
    }
    const one = await store.jobs.readEvents(uid, '', 3);
    const two = await store.jobs.readEvents(uid, one.at(-1)?.id ?? '', 3);
    expect([...one, ...two].map(({ attempt }) => attempt)).toEqual([undefined, 1, 2, 3, 4]);
    expect(await store.jobs.readEvents(uid, two.at(-1)?.id ?? '', 3)).toEqual([]);
    expect(await store.jobs.readEvents('nobody', '', 3)).toEqual([]);
  });

  test('has the time of each entry, by the clock of the store', async () => {
    const store = newStore();
    const uid = await store.submit(['a']);
    const { id, at } = first(await store.jobs.readEvents(uid, '', 1));
    const [seconds = ''] = (await store.redis.time()).map(String);
    expect(id.startsWith(`${at}-`)).toBe(true);
    expect(Math.abs(at - Number(seconds) * 1000)).toBeLessThan(60_000);
  });

  test('is bounded, and keeps the last entries', async () => {
    const store = newStore();
    const uid = await store.submit(['a']);
    const last = TIMELINE_LENGTH + 300;
    const adding = Array.from({ length: last }, (_, attempt) =>
      store.controller.addEvent(uid, { type: 'Pending', index: 0, attempt }),
    );
    await Promise.all(adding);
    const length = await store.redis.xlen(store.keys.job(uid).events);
    expect(length).toBeGreaterThanOrEqual(TIMELINE_LENGTH);
    expect(length).toBeLessThan(TIMELINE_LENGTH + 200);
    const newest = await store.redis.xrevrange(store.keys.job(uid).events, '+', '-', 'COUNT', 1);
    expect(newest[0]?.[1]?.[1]).toContain(`"attempt":${last - 1}`);
  });
});
