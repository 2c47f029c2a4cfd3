import { describe, expect, it } from 'vitest';
import {
  type AttemptId,
  type AttemptRecord,
  type Job,
  parseTraceparent,
  TRACE_ANNOTATION,
} from '../apis/index.ts';
import type { FinishedSpan, SpanSink } from './finished-span.ts';
import { Traces } from './traces.ts';

const UID = '01JB0000000000000000000000';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const GIVEN = `00-${TRACE}-${SPAN}-01`;
const ID: AttemptId = { jobUid: UID, index: 2, attempt: 1 };
const RECORD: AttemptRecord = {
  ...{ attempt: 1, losses: 0, failures: 0, claimedAt: 1000 },
  verdict: {
    outcome: 'Succeeded',
    exitStatus: 0,
    source: 'service',
    startedAt: 1500,
    finishedAt: 4000,
  },
};
const REQUEST = { method: 'POST', route: '/submit', status: 201, begunAt: 100, endedAt: 120 };

function exporting() {
  const spans: FinishedSpan[] = [];
  const sink: SpanSink = { add: (more) => spans.push(...more), close: async () => {} };
  const named = (name: string) => spans.filter((span) => span.name === name);
  return { traces: new Traces(sink), spans, named };
}

function job(traceparent?: string, more: Partial<Job['metadata']> = {}): Job {
  const annotations = traceparent === undefined ? {} : { [TRACE_ANNOTATION]: traceparent };
  const counts = { total: 3, pending: 0, active: 0, succeeded: 3, failed: 0, cancelled: 0 };
  return {
    metadata: {
      ...{ namespace: 'default', name: 'one', uid: UID, creationTimestamp: 110 },
      ...{ resourceVersion: 1, annotations, ...more },
    },
    spec: { image: 'a', backoffLimit: 0, lossLimit: 0, outputLimitBytes: 0 },
    status: { phase: 'Complete', counts, conditions: [], finishedAt: 5000 },
  };
}

/** Everything that is told of one job, by a process each that knows of nothing before. */
function story(stored: Job, given?: string): FinishedSpan[] {
  const all: FinishedSpan[] = [];
  const tell = (act: (traces: Traces) => void) => {
    const { traces, spans } = exporting();
    act(traces);
    all.push(...spans);
  };
  const header = given === undefined ? {} : { traceparent: given };
  tell((traces) => traces.submitted({ ...REQUEST, uid: UID, ...header }));
  tell((traces) => traces.attemptSettled(stored.metadata, ID, RECORD, 4500));
  tell((traces) => traces.jobFinished(stored));
  tell((traces) => {
    const delivery = traces.delivery(stored, { attempt: 1, host: 'h:1', at: 5100 });
    delivery?.ended({ kind: 'delivered', status: 200, at: 5200, tookMs: 100 });
  });
  return all;
}

describe('traces that are exported', () => {
  it('make one tree of what processes tell that know nothing of each other', () => {
    const stored = job(exporting().traces.traceparentOfJob(UID, GIVEN));
    const spans = story(stored, GIVEN);
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
    const parents = spans.map(({ name, parentSpanId }) => {
      const parent = spans.find(({ spanId }) => spanId === parentSpanId)?.name;
      return [name, parent ?? parentSpanId];
    });
    expect(parents).toEqual([
      ['POST /submit', SPAN],
      ['attempt', 'job'],
      ['attempt start', 'attempt'],
      ['attempt run', 'attempt'],
      ['job', 'POST /submit'],
      ['callback', 'job'],
    ]);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
  });

  it('tell the same twice: who takes over repeats no span under another id', () => {
    expect(story(job(GIVEN))).toEqual(story(job(GIVEN)));
  });

  it('have the times that are stored', () => {
    const times = story(job(GIVEN)).map(({ name, start, end }) => [name, start, end]);
    expect(times).toEqual([
      ['POST /submit', 100, 120],
      ['attempt', 1000, 4000],
      ['attempt start', 1000, 1500],
      ['attempt run', 1500, 4000],
      ['job', 110, 5000],
      ['callback', 5100, 5200],
    ]);
  });

  it('give the task and the receiver the span that theirs are part of', () => {
    const { traces, named } = exporting();
    const { metadata } = job(GIVEN);
    const task = parseTraceparent(traces.traceparent(metadata, ID));
    traces.attemptSettled(metadata, ID, RECORD, 4500);
    expect(task).toEqual({ traceId: TRACE, spanId: named('attempt')[0]?.spanId, sampled: true });
    const delivery = traces.delivery(job(GIVEN), { attempt: 2, host: 'h', at: 1 });
    delivery?.ended({
      kind: 'dead',
      error: 'h answered 410 (Gone).',
      status: 410,
      at: 2,
      tookMs: 1,
    });
    const sent = parseTraceparent(delivery?.traceparent);
    expect(sent).toMatchObject({ traceId: TRACE, spanId: named('callback')[0]?.spanId });
    expect(named('callback')[0]?.error).toContain('410');
  });

  it('begin with the job where nobody has sent one, as for a cron job', () => {
    const spans = story(job());
    const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined);
    expect(roots.map(({ name }) => name)).toEqual(['POST /submit', 'job']);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  });

  it('are none of a trace that is not sampled, which is handed on as such', () => {
    const given = `00-${TRACE}-${SPAN}-00`;
    const { traces } = exporting();
    const stored = job(traces.traceparentOfJob(UID, given));
    expect(story(stored, given)).toEqual([]);
    const task = parseTraceparent(traces.traceparent(stored.metadata, ID));
    expect(task).toMatchObject({ traceId: TRACE, sampled: false });
    expect(traces.wants(stored.metadata)).toBe(false);
  });

  it('have another span for the job each time that it is run again', () => {
    const again = story(job(GIVEN, { generation: 2 })).find(({ name }) => name === 'job');
    const first = story(job(GIVEN)).find(({ name }) => name === 'job');
    expect(again?.spanId).not.toBe(first?.spanId);
  });

  it('say why an attempt did not come off, and end it when it was counted', () => {
    const { traces, spans } = exporting();
    const verdict = {
      outcome: 'Lost',
      exitStatus: null,
      reason: 'NodeLost',
      source: 'service',
    } as const;
    traces.attemptSettled(job(GIVEN).metadata, ID, { ...RECORD, verdict }, 4500);
    expect(spans).toMatchObject([{ name: 'attempt', start: 1000, end: 4500, error: 'NodeLost' }]);
  });

  it('have no span that ends before it begins, whatever the clock of a node says', () => {
    const { traces, spans } = exporting();
    const verdict = {
      ...RECORD.verdict,
      startedAt: 400,
      finishedAt: 700,
    } as AttemptRecord['verdict'];
    traces.attemptSettled(job(GIVEN).metadata, ID, { ...RECORD, ...(verdict && { verdict }) }, 900);
    for (const { start, end } of spans) expect(end).toBeGreaterThanOrEqual(start);
  });
});

describe('traces that are not exported', () => {
  const traces = new Traces();

  it('are handed on as they came, to the job, its tasks and its receiver', () => {
    expect(traces.traceparentOfJob(UID, GIVEN)).toBe(GIVEN);
    expect(traces.traceparent(job(GIVEN).metadata, ID)).toBe(GIVEN);
    const delivery = traces.delivery(job(GIVEN), { attempt: 1, host: 'h', at: 1 });
    expect(delivery?.traceparent).toBe(GIVEN);
  });

  it('are none where none came, or what came is none', () => {
    expect(traces.traceparentOfJob(UID, undefined)).toBeUndefined();
    expect(traces.traceparentOfJob(UID, 'rubbish')).toBeUndefined();
    expect(traces.traceparent(job('rubbish').metadata, ID)).toBeUndefined();
    expect(traces.delivery(job(), { attempt: 1, host: 'h', at: 1 })).toBeUndefined();
  });
});
