import { describe, expect, it } from 'vitest';
import type { Evidence, JobSpec, Verdict } from '../apis/index.ts';
import { judge, REPORT_GRACE_MS, REPORT_TRIES, reportGraceLeft, unexplained } from './judge.ts';
import type { AttemptView } from './snapshot.ts';
import { aClaim, aRecord, aReport, aSpec, aView, NOW, trace } from './testing/builders.ts';

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

const refused = { report: aReport({ exitStatus: null, refused: 'task_status: must be a status' }) };
const noReport = (message: string): Verdict => ({
  outcome: 'Lost',
  exitStatus: null,
  reason: 'NoReport',
  message,
  source: 'service',
  ...trace,
});
const failedWith = (exitStatus: number, message: string): Verdict => ({
  outcome: 'Failed',
  exitStatus,
  reason: 'NonZeroExit',
  message,
  source: 'service',
  ...trace,
});
const REFUSED = 'its report was refused: task_status: must be a status';

const withoutOneThatCounts: (Case & { spec: Partial<JobSpec> })[] = [
  {
    name: 'report: an end with 0 and no report is no success',
    spec: { completionPolicy: 'report' },
    view: { evidence: ended(0) },
    expected: noReport('its process ended with 0, and it reported nothing'),
  },
  {
    name: 'report: an end with 0 and a refused report is none either',
    spec: { completionPolicy: 'report' },
    view: { ...refused, evidence: ended(0) },
    expected: noReport(`its process ended with 0, and ${REFUSED}`),
  },
  {
    name: 'report: any other status without a report is what it is',
    spec: { completionPolicy: 'report' },
    view: { evidence: ended(137, 'task: non-zero exit (137)') },
    expected: failedWith(
      137,
      'task: non-zero exit (137): Signal 9, unless the process chose it; it reported nothing',
    ),
  },
  {
    name: 'both: an end with 0 and a refused report is no success',
    spec: {},
    view: { ...refused, evidence: ended(0) },
    expected: noReport(`its process ended with 0, and ${REFUSED}`),
  },
  {
    name: 'both: any other status with a refused report is what it is',
    spec: {},
    view: { ...refused, evidence: ended(3) },
    expected: failedWith(3, REFUSED),
  },
  {
    name: 'both: the refused report of an earlier attempt says nothing of this one',
    spec: {},
    view: { ...refused, record: aRecord({ attempt: 2 }), evidence: ended(0) },
    expected: { outcome: 'Succeeded', exitStatus: 0, source: 'service', ...trace },
  },
  {
    name: 'both: a refused report ends nothing by itself',
    spec: {},
    view: { ...refused, reportAgeMs: REPORT_GRACE_MS },
    expected: undefined,
  },
  {
    name: 'both: a task that was lost after a refused report is lost for that reason',
    spec: {},
    view: { ...refused, evidence: nodeLost },
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
    name: 'exit: reports decide nothing, refused ones neither',
    spec: { completionPolicy: 'exit' },
    view: { ...refused, evidence: ended(0) },
    expected: { outcome: 'Succeeded', exitStatus: 0, source: 'service', ...trace },
  },
];

describe('an end by SIGKILL', () => {
  const resources = { limits: { memory: '8m' } };
  const end = ended(137, 'task: non-zero exit (137)');
  const byMemory: Evidence = { kind: 'ended', exitStatus: 137, oomKilled: true, trace };

  it('is told as one for memory where the engine of its node says so', () => {
    expect(judge(aView({ evidence: byMemory }), { spec: aSpec({ resources }), now: NOW })).toEqual({
      ...{ outcome: 'Failed', exitStatus: 137, reason: 'OOMKilled', source: 'service', ...trace },
      message: 'killed for its memory, with the memory limit 8m',
    });
  });

  it.each([
    ['of the job', { resources }, {}, 'with the memory limit 8m'],
    ['of the task', { resources }, { ownNeeds: '{}', memoryLimit: 1000 }, 'the memory limit 1000'],
  ])('names the limit %s where nothing says so', (_, spec, record, words) => {
    const view = aView({ evidence: end, record: aRecord(record) });
    expect(judge(view, { spec: aSpec(spec), now: NOW })).toMatchObject({
      reason: 'NonZeroExit',
      message: expect.stringContaining(words),
    });
  });

  it('names no limit where the task has resources of its own without one', () => {
    const view = aView({ evidence: end, record: aRecord({ ownNeeds: '{}' }) });
    expect(judge(view, { spec: aSpec({ resources }), now: NOW })?.message).not.toContain('memory');
  });
});

describe('an end without a report that counts', () => {
  it.each(withoutOneThatCounts)('$name', ({ spec, view, expected }) => {
    expect(judge(aView(view), { spec: aSpec(spec), now: NOW })).toEqual(expected);
  });

  it.each([
    { lossLimit: 10, tries: REPORT_TRIES },
    { lossLimit: 1, tries: 1 },
    { lossLimit: 0, tries: 0 },
  ])('is tried again $tries times with a lossLimit of $lossLimit, then it has failed', (given) => {
    const spec = aSpec({ completionPolicy: 'report', lossLimit: given.lossLimit });
    const outcomes = [0, 1, 2, 3, 4].map((losses) => {
      const view = aView({ record: aRecord({ losses }), evidence: ended(0) });
      return judge(view, { spec, now: NOW });
    });
    for (const [losses, verdict] of outcomes.entries()) {
      const outcome = losses < given.tries ? 'Lost' : 'Failed';
      expect(verdict).toMatchObject({ outcome, exitStatus: null, reason: 'NoReport' });
    }
  });
});

describe('a report without an exit status', () => {
  const report = aReport({ exitStatus: null });
  const failed = { outcome: 'Failed', exitStatus: null, reason: 'NoExitStatus', source: 'report' };

  it.each([ended(0), ended(9), nodeLost])('is a failure, whatever the swarm shows', (evidence) => {
    const verdict = judge(aView({ report, evidence }), { spec: aSpec(), now: NOW });
    expect(verdict).toMatchObject({ ...failed, ...trace });
    expect(verdict?.message).toContain('without an exit status');
  });
});

describe('a report that broke off', () => {
  const report = aReport({ exitStatus: 3, partial: true });
  const spec = aSpec({ completionPolicy: 'report' });

  it('waits for the whole one while the process lives on', () => {
    const judged = (reportAgeMs: number) =>
      judge(aView({ report, reportAgeMs }), { spec, now: NOW });
    expect(judged(REPORT_GRACE_MS - 1)).toBeUndefined();
    expect(judged(REPORT_GRACE_MS)).toMatchObject({ exitStatus: 3, source: 'report' });
  });

  it('counts when the process has ended', () => {
    const view = aView({ report, reportAgeMs: 0, evidence: ended(0) });
    expect(judge(view, { spec, now: NOW })).toMatchObject({ exitStatus: 3, source: 'report' });
  });
});

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
    {
      name: 'is whole under the policy report too while its service is not recorded',
      view: { ...reported, record: aClaim() },
      spec: { completionPolicy: 'report' as const },
      left: 30_000,
    },
    {
      name: 'does not exist under the policy report once it is',
      view: reported,
      spec: { completionPolicy: 'report' as const },
      left: 0,
    },
    { name: 'is never below 0', view: { ...reported, reportAgeMs: 99_000 }, left: 0 },
  ];
  it.each(cases)('$name', ({ view, spec = {}, left }) => {
    expect(reportGraceLeft(aView(view), aSpec(spec))).toBe(left);
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
