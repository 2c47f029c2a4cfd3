import { describe, expect, it } from 'vitest';
import type { Action } from './actions.ts';
import { REPORT_GRACE_MS } from './judge.ts';
import { plan } from './plan.ts';
import type { Snapshot } from './snapshot.ts';
import {
  aClaim,
  aRecord,
  aReport,
  aSnapshot,
  aView,
  failed,
  lost,
  NOW,
  output,
  rejected,
  succeeded,
  timedOut,
  trace,
} from './testing/builders.ts';

interface Case {
  name: string;
  snapshot: Snapshot;
  expected: unknown[];
}

const ended = { kind: 'ended', exitStatus: 0, trace } as const;
const noImage = { kind: 'rejected', message: 'No such image: x', trace } as const;
const final = { kind: 'final' } as const;
const ofTask = { index: 0 };
const removal: Action = { type: 'RemoveService', ...ofTask };
const stop: Action = { type: 'RemoveService', ...ofTask, lingers: true };
/** By the swarm's word, else when it was found gone. */
const count: Action = { type: 'SettleAttempt', ...ofTask, disposition: final, endedAt: 2 };
const countNow: Action = { type: 'SettleAttempt', ...ofTask, disposition: final, endedAt: NOW };
const readLog: Action = {
  type: 'StoreOutput',
  ...ofTask,
  from: { kind: 'logs', swarmTaskId: 't1' },
};
const judged = (given: Parameters<typeof aRecord>[0]) =>
  aSnapshot({ attempts: [aView({ record: aRecord(given), evidence: ended })] });
const stages: Case[] = [
  {
    name: 'a claimed task gets its service',
    snapshot: aSnapshot({ attempts: [aView({ record: aClaim(), evidence: { kind: 'unseen' } })] }),
    expected: [{ type: 'CreateService', ...ofTask, record: aClaim() }],
  },
  {
    name: 'a pull that failed is explained by its registry before it is judged',
    snapshot: aSnapshot({ attempts: [aView({ evidence: noImage })] }),
    expected: [{ type: 'AskRegistry', ...ofTask, record: aRecord(), words: 'No such image: x' }],
  },
  {
    name: 'a service that was created and not recorded is adopted, even if its task has ended',
    snapshot: aSnapshot({
      attempts: [aView({ record: aClaim(), evidence: ended, report: aReport(), reportAgeMs: 0 })],
    }),
    expected: [{ type: 'CreateService', ...ofTask, record: aClaim() }],
  },
  {
    name: 'a task that runs is left alone',
    snapshot: aSnapshot({ attempts: [aView()] }),
    expected: [],
  },
  {
    name: 'a task that ended is judged, its log read, its service removed, and it is counted',
    snapshot: aSnapshot({ attempts: [aView({ evidence: ended })] }),
    expected: [
      { type: 'RecordVerdict', ...ofTask, record: aRecord(), verdict: succeeded },
      readLog,
      removal,
      count,
    ],
  },
  {
    name: 'after the verdict the output is next, whatever the look says',
    snapshot: judged({ verdict: succeeded }),
    expected: [readLog, removal, count],
  },
  {
    name: 'after the output the removal is next, as nobody knows whether it happened',
    snapshot: judged({ verdict: succeeded, output }),
    expected: [removal, count],
  },
  {
    name: 'a service that the engine refused is removed by its name, as an earlier try may have made it',
    snapshot: aSnapshot({
      attempts: [
        aView({ record: { ...aClaim(), verdict: rejected }, evidence: { kind: 'unseen' } }),
      ],
    }),
    expected: [
      { type: 'StoreOutput', ...ofTask, from: { kind: 'none', reason: 'the task never started' } },
      stop,
    ],
  },
  {
    // Regression: the place was free, and the retry ran, for all of the grace of the old container.
    name: 'a task whose container runs on is not counted when its service was removed',
    snapshot: aSnapshot({ attempts: [aView({ record: aRecord({ verdict: timedOut, output }) })] }),
    expected: [stop],
  },
  {
    name: 'it is waited for as long as its grace and a minute',
    snapshot: aSnapshot({
      spec: { terminationGracePeriodSeconds: 8 },
      attempts: [aView({ record: aRecord({ verdict: timedOut, output, removedAt: NOW - 1000 }) })],
    }),
    expected: [{ type: 'RequeueAfter', afterMs: 67_000 }],
  },
  {
    name: 'it is counted when its container is gone, with its end',
    snapshot: aSnapshot({
      attempts: [
        aView({
          record: aRecord({ verdict: timedOut, output, removedAt: NOW - 1000 }),
          evidence: { kind: 'unseen' },
          gone: true,
        }),
      ],
    }),
    expected: [countNow],
  },
  {
    name: 'that it is gone only with its node is told',
    snapshot: aSnapshot({
      attempts: [
        aView({
          record: aRecord({ verdict: timedOut, output, removedAt: NOW - 1000 }),
          ...{ evidence: { kind: 'unseen' }, gone: true, away: true },
        }),
      ],
    }),
    expected: [{ ...countNow, away: true }],
  },
  {
    name: 'a container that the engine never gets rid of is left behind, and told',
    snapshot: aSnapshot({
      attempts: [
        aView({ record: aRecord({ verdict: timedOut, output, removedAt: NOW - 70_000 }) }),
      ],
    }),
    expected: [{ ...countNow, stuck: expect.stringMatching(/^ContainerStuck: .* 70 s after/) }],
  },
  {
    name: 'but not by a look that is too old to say so',
    snapshot: aSnapshot({
      staleLook: true,
      attempts: [
        aView({ record: aRecord({ verdict: timedOut, output, removedAt: NOW - 70_000 }) }),
      ],
    }),
    expected: [{ type: 'RequeueAfter', afterMs: 200 }],
  },
  {
    name: 'a lost task is replaced once its service is removed; its log is not kept',
    snapshot: judged({ verdict: lost }),
    expected: [
      removal,
      {
        type: 'SettleAttempt',
        ...ofTask,
        disposition: {
          kind: 'replace',
          next: { attempt: 2, losses: 1, failures: 0, claimedAt: NOW },
        },
        endedAt: 2,
      },
    ],
  },
  {
    name: 'a failed task with a budget is retried; its log is kept, as its job may end before that',
    snapshot: aSnapshot({
      spec: { backoffLimit: 1, retryBackoff: { baseMs: 0, maxMs: 0 } },
      attempts: [aView({ record: aRecord({ verdict: failed }), evidence: ended })],
    }),
    expected: [
      readLog,
      removal,
      {
        type: 'SettleAttempt',
        ...ofTask,
        disposition: {
          kind: 'retry',
          next: { attempt: 2, losses: 0, failures: 1, trouble: { n1: 1 } },
          notBefore: NOW,
        },
        endedAt: 2,
      },
    ],
  },
];

const reports: Case[] = [
  {
    name: 'a task that lives on after its report is looked at again when the grace is over',
    snapshot: aSnapshot({ attempts: [aView({ report: aReport(), reportAgeMs: 1000 })] }),
    expected: [{ type: 'RequeueAfter', afterMs: REPORT_GRACE_MS - 1000 }],
  },
  {
    name: 'a task that reported and ended is finished with the output of the report',
    snapshot: aSnapshot({
      attempts: [aView({ evidence: ended, report: aReport(), reportAgeMs: 0 })],
    }),
    expected: [
      {
        type: 'RecordVerdict',
        ...ofTask,
        record: aRecord(),
        verdict: { ...succeeded, source: 'report' },
        knowsReport: true,
      },
      { type: 'StoreOutput', ...ofTask, from: { kind: 'report', output } },
      removal,
      count,
    ],
  },
  {
    // Regression: reported, removed by hand before its id was recorded, and then refused by the
    // engine for ever. The refusal is no verdict beside a report, so the task never ended.
    name: 'a task that reported is judged although its service cannot be created again',
    snapshot: aSnapshot({
      attempts: [
        aView({
          record: aClaim(),
          evidence: { kind: 'unseen' },
          report: aReport(),
          reportAgeMs: REPORT_GRACE_MS,
        }),
      ],
    }),
    expected: [
      {
        type: 'RecordVerdict',
        ...ofTask,
        record: aClaim(),
        verdict: { outcome: 'Succeeded', exitStatus: 0, source: 'report', finishedAt: NOW },
        knowsReport: true,
      },
      { type: 'StoreOutput', ...ofTask, from: { kind: 'report', output } },
      stop,
    ],
  },
];

describe('the plan of an attempt', () => {
  it.each(stages)('$name', ({ snapshot, expected }) => {
    expect(plan(snapshot)).toEqual(expected);
  });

  it.each(reports)('$name', ({ snapshot, expected }) => {
    expect(plan(snapshot)).toEqual(expected);
  });

  it('leaves a task alone whose steps are under way, and goes on with the others', () => {
    const attempts = [0, 1].map((index) => aView({ index, evidence: ended }));
    const actions = plan(aSnapshot({ attempts, busy: new Set([0]) }));
    expect(actions.map((action) => ('index' in action ? action.index : action.type))).toEqual([
      1, 1, 1, 1,
    ]);
  });
});

it('removes a service again that came to be after its removal, however long ago that was', () => {
  const record = aRecord({ verdict: failed, output, removedAt: NOW - 3_600_000 });
  const attempts = [aView({ record, remains: true })];
  expect(plan(aSnapshot({ attempts }))).toEqual([
    { type: 'RemoveService', index: 0, lingers: true },
  ]);
});

describe('an attempt that came to nothing leaves the output of the one before where it is', () => {
  const last = { verdict: failed, output, attempts: 1, losses: 0 };
  const record = aRecord({ attempt: 2, last });
  const types = (snapshot: Snapshot) => plan(snapshot).map(({ type }) => type);
  const ending = {
    phase: 'Cancelled',
    reason: 'CancelRequested',
    message: 'the job was cancelled',
  } as const;

  it('when its job ends before anything was seen of it', () => {
    const evidence = { kind: 'waiting' } as const;
    const attempts = [aView({ record, evidence, gone: true })];
    expect(types(aSnapshot({ attempts, status: { ending } }))).toEqual([
      ...['RecordVerdict', 'RemoveService', 'SettleAttempt'],
    ]);
  });

  it('when it is taken back before it was placed', () => {
    const verdict = { ...lost, reason: 'Unplaced' } as const;
    const view = aView({ record: { ...record, verdict }, gone: true });
    expect(types(aSnapshot({ attempts: [view] }))).toEqual(['RemoveService', 'SettleAttempt']);
  });

  it('but not when its process may have run', () => {
    const attempts = [aView({ record, gone: true })];
    expect(types(aSnapshot({ attempts, status: { ending } }))).toContain('StoreOutput');
  });
});
