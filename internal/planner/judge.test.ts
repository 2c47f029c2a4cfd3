import { describe, expect, it } from 'vitest';
import type { Evidence, Verdict } from '../apis/index.ts';
import { judge, REPORT_GRACE_MS, reportGraceLeft, unexplained } from './judge.ts';
import type { AttemptView } from './snapshot.ts';
import { aRecord, aReport, aSpec, aView, NOW, trace } from './testing/builders.ts';

interface Case {
  name: string;
  view: Partial<AttemptView>;
  expected: Verdict | undefined;
}

const ended = (exitStatus: number, message?: string): Evidence => ({
  kind: 'ended',
  exitStatus,
  trace,
  ...(message === undefined ? {} : { message }),
});
const nodeLost: Evidence = { kind: 'lost', reason: 'NodeLost', message: 'node n1 is down', trace };
const nodeFault: Evidence = {
  kind: 'lost',
  reason: 'NodeFault',
  message: 'no space left on device',
  trace,
};
const reported = { report: aReport({ exitStatus: 3 }), reportAgeMs: 0 };
const failedByReport: Verdict = {
  outcome: 'Failed',
  exitStatus: 3,
  reason: 'NonZeroExit',
  source: 'report',
  finishedAt: NOW,
};

const withoutReport: Case[] = [
  {
    name: 'nothing seen is no evidence',
    view: { evidence: { kind: 'unseen' } },
    expected: undefined,
  },
  {
    name: 'a waiting task is no verdict',
    view: { evidence: { kind: 'waiting' } },
    expected: undefined,
  },
  { name: 'a running task is no verdict', view: {}, expected: undefined },
  {
    name: 'an end with status 0 is a success, with the times of the engine',
    view: { evidence: ended(0, 'finished') },
    expected: { outcome: 'Succeeded', exitStatus: 0, source: 'service', ...trace },
  },
  {
    name: 'any other status is a failure, in the words of the engine and with the signal it may have been',
    view: { evidence: ended(137, 'task: non-zero exit (137)') },
    expected: {
      outcome: 'Failed',
      exitStatus: 137,
      reason: 'NonZeroExit',
      message: 'task: non-zero exit (137): Signal 9, unless the process chose it',
      source: 'service',
      ...trace,
    },
  },
  {
    name: 'a task that its node could not start is lost',
    view: { evidence: nodeFault },
    expected: {
      outcome: 'Lost',
      exitStatus: null,
      reason: 'NodeFault',
      message: 'no space left on device',
      source: 'service',
      ...trace,
    },
  },
  {
    name: 'a task that nodes could not start eleven times is rejected, in their words',
    view: { record: aRecord({ nodeFaults: 10 }), evidence: nodeFault },
    expected: {
      outcome: 'Rejected',
      exitStatus: null,
      reason: 'NodeFault',
      message: 'no space left on device',
      source: 'service',
      ...trace,
    },
  },
  {
    name: 'a task that never started has no exit status',
    view: { evidence: { kind: 'rejected', message: 'No such image: x', trace } },
    expected: {
      outcome: 'Rejected',
      exitStatus: null,
      reason: 'Rejected',
      message: 'No such image: x',
      source: 'service',
      ...trace,
    },
  },
  {
    name: 'a pull that failed is told as its registry explained it',
    view: {
      evidence: { kind: 'rejected', message: 'No such image: x', trace },
      record: aRecord({ pullFailure: { reason: 'RegistryDenied', message: 'it was denied' } }),
    },
    expected: {
      outcome: 'Rejected',
      exitStatus: null,
      reason: 'RegistryDenied',
      message: 'it was denied',
      source: 'service',
      ...trace,
    },
  },
  {
    name: 'a task whose node went down is lost, for that reason',
    view: { evidence: nodeLost },
    expected: {
      outcome: 'Lost',
      exitStatus: null,
      reason: 'NodeLost',
      message: 'node n1 is down',
      source: 'service',
      ...trace,
    },
  },
  {
    name: 'a service that is gone was removed by somebody else',
    view: { evidence: { kind: 'absent' } },
    expected: {
      outcome: 'Lost',
      exitStatus: null,
      reason: 'ServiceRemoved',
      message: 'service s1 is gone and Swarmer did not remove it',
      source: 'service',
    },
  },
];

const withReport: Case[] = [
  {
    name: 'the report wins over the exit status',
    view: { ...reported, evidence: ended(0) },
    expected: { ...failedByReport, ...trace },
  },
  {
    name: 'the report of a task that was lost afterwards stands',
    view: { ...reported, evidence: nodeLost },
    expected: { ...failedByReport, ...trace },
  },
  {
    name: 'the report of a task whose service is gone stands, and ended when it came',
    view: { ...reported, evidence: { kind: 'absent' } },
    expected: failedByReport,
  },
  {
    name: 'a report of status 0 is a success',
    view: { report: aReport(), evidence: { kind: 'absent' } },
    expected: { outcome: 'Succeeded', exitStatus: 0, source: 'report', finishedAt: NOW },
  },
  { name: 'a task that lives on is waited for', view: reported, expected: undefined },
  {
    name: 'so is one of which nothing was seen',
    view: { ...reported, evidence: { kind: 'unseen' } },
    expected: undefined,
  },
  {
    name: 'a task that lives on is waited for until the grace is over',
    view: { ...reported, reportAgeMs: REPORT_GRACE_MS - 1 },
    expected: undefined,
  },
  {
    name: 'and no longer',
    view: {
      ...reported,
      reportAgeMs: REPORT_GRACE_MS,
      evidence: { kind: 'running', trace: { swarmTaskId: 't1', startedAt: 1 } },
    },
    expected: { ...failedByReport, swarmTaskId: 't1', startedAt: 1 },
  },
  {
    name: 'the report of an earlier attempt says nothing of this one',
    view: { ...reported, record: aRecord({ attempt: 2 }), evidence: ended(0) },
    expected: { outcome: 'Succeeded', exitStatus: 0, source: 'service', ...trace },
  },
];

describe('the verdict on an attempt', () => {
  it.each(withoutReport)('without a report: $name', ({ view, expected }) => {
    expect(judge(aView(view), { spec: aSpec(), now: NOW })).toEqual(expected);
  });

  it.each(withReport)('with a report: $name', ({ view, expected }) => {
    expect(judge(aView(view), { spec: aSpec(), now: NOW })).toEqual(expected);
  });
});

describe('the grace after a report', () => {
  const cases = [
    { name: 'does not exist without a report', view: {}, left: undefined },
    {
      name: 'does not come from an earlier attempt',
      view: { ...reported, record: aRecord({ attempt: 2 }) },
      left: undefined,
    },
    { name: 'is whole while its age is not known', view: { report: aReport() }, left: 30_000 },
    { name: 'shrinks with the age', view: { ...reported, reportAgeMs: 1000 }, left: 29_000 },
    { name: 'is never below 0', view: { ...reported, reportAgeMs: 99_000 }, left: 0 },
  ];
  it.each(cases)('$name', ({ view, left }) => {
    expect(reportGraceLeft(aView(view), aSpec())).toBe(left);
  });
});

describe('words that a registry is asked about', () => {
  const asked = (message: string) => {
    const view = aView({ evidence: { kind: 'rejected', message, trace } });
    const verdict = judge(view, { spec: aSpec(), now: NOW });
    return verdict && unexplained(view, verdict);
  };

  it('are those on an image, not those on a mount that is called so', () => {
    expect(asked('No such image: x')).toBe('No such image: x');
    const mount =
      'invalid mount config for type "bind": bind source path does not exist: /no such image: x';
    expect(asked(mount)).toBeUndefined();
  });
});
