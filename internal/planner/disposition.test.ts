import { describe, expect, it } from 'vitest';
import {
  type AttemptId,
  type AttemptRecord,
  CUT_SHORT,
  type JobSpec,
  type ReportSummary,
  STOPPED,
  type Verdict,
} from '../apis/index.ts';
import type { Disposition, OutputSource } from './actions.ts';
import { dispose, outputSource, settlementOf } from './disposition.ts';
import { lossDelayMs } from './retry-delay.ts';
import {
  aClaim,
  aRecord,
  aReport,
  aSpec,
  failed,
  lost,
  NOW,
  output,
  rejected,
  succeeded,
  timedOut,
  trace,
} from './testing/builders.ts';

const ID: AttemptId = { jobUid: '01JGFJJZ000000000000000000', index: 0, attempt: 1 };
const AT_ONCE = { baseMs: 0, maxMs: 0 };
const stopped: Verdict = {
  outcome: 'Cancelled',
  exitStatus: null,
  reason: 'CancelRequested',
  message: 'the job was cancelled',
  source: 'controller',
};

describe('what follows a verdict', () => {
  interface Case {
    name: string;
    spec: Partial<JobSpec>;
    record?: Partial<AttemptRecord>;
    verdict: Verdict;
    expected: Disposition;
  }
  const final = { kind: 'final' } as const;
  const budgets = { backoffLimit: 2, lossLimit: 2 };
  const nodeFault: Verdict = { ...lost, reason: 'NodeFault', message: 'could not find bridge' };
  const cases: Case[] = [
    { name: 'success is final', spec: budgets, verdict: succeeded, expected: final },
    {
      name: 'a failure is retried at once while the budget lasts',
      spec: budgets,
      record: { attempt: 4, failures: 1, losses: 2 },
      verdict: failed,
      expected: {
        kind: 'retry',
        next: { attempt: 5, failures: 2, losses: 2, trouble: { n1: 1 } },
        notBefore: NOW,
      },
    },
    {
      name: 'a failure is final when the budget is spent',
      spec: budgets,
      record: { failures: 2 },
      verdict: failed,
      expected: final,
    },
    {
      name: 'a failure is final when there is no budget',
      spec: { backoffLimit: 0 },
      verdict: failed,
      expected: final,
    },
    ...(['RegistryUnavailable', 'PullFailed'] as const).map((reason) => ({
      name: `a pull that failed for ${reason} is tried again later, on the budget of losses`,
      spec: { ...budgets, retryBackoff: { baseMs: 0, maxMs: 0 } },
      record: { attempt: 2, losses: 1 },
      verdict: { ...rejected, reason },
      expected: {
        kind: 'retry' as const,
        next: { attempt: 3, failures: 0, losses: 2 },
        notBefore: NOW,
      },
    })),
    {
      name: 'a registry that stays away ends the task when the budget is spent',
      spec: budgets,
      record: { losses: 2 },
      verdict: { ...rejected, reason: 'RegistryUnavailable' },
      expected: final,
    },
    {
      name: 'a pull that its node cannot do is tried three times more, whatever the budget',
      spec: { lossLimit: 10 },
      record: { losses: 3 },
      verdict: { ...rejected, reason: 'PullFailed' },
      expected: final,
    },
    {
      name: 'what the registry denies is not tried again',
      spec: budgets,
      verdict: { ...rejected, reason: 'RegistryDenied' },
      expected: final,
    },
    {
      name: 'a loss is replaced, and costs no failure',
      spec: budgets,
      record: { attempt: 3, failures: 2 },
      verdict: lost,
      expected: { kind: 'replace', next: { attempt: 4, failures: 2, losses: 1, claimedAt: NOW } },
    },
    {
      name: 'a loss is final when its budget is spent, though failures are left',
      spec: budgets,
      record: { losses: 2 },
      verdict: lost,
      expected: final,
    },
    {
      name: 'what its node could not start is tried again on a budget of its own, whatever the others are',
      spec: { backoffLimit: 0, lossLimit: 0 },
      verdict: nodeFault,
      expected: {
        kind: 'retry',
        next: { attempt: 2, failures: 0, losses: 0, nodeFaults: 1 },
        notBefore: NOW + lossDelayMs(ID, 1),
      },
    },
    {
      name: 'the pause after it grows',
      spec: budgets,
      record: { attempt: 9, nodeFaults: 8, failures: 2 },
      verdict: nodeFault,
      expected: {
        kind: 'retry',
        next: { attempt: 10, failures: 2, losses: 0, nodeFaults: 9 },
        notBefore: NOW + lossDelayMs(ID, 9),
      },
    },
    {
      name: 'a failure keeps in mind what nodes could not start',
      spec: { ...budgets, retryBackoff: AT_ONCE },
      record: { nodeFaults: 3 },
      verdict: failed,
      expected: {
        kind: 'retry',
        next: { attempt: 2, failures: 1, losses: 0, nodeFaults: 3, trouble: { n1: 1 } },
        notBefore: NOW,
      },
    },
    {
      name: 'what no node could start is rejected for good in the end',
      spec: budgets,
      record: { nodeFaults: 10 },
      verdict: { ...nodeFault, outcome: 'Rejected' },
      expected: final,
    },
    {
      name: 'a rule of the failure policy may end the task at the first of them',
      spec: { ...budgets, failurePolicy: [{ action: 'FailTask', onReasons: ['NodeFault'] }] },
      verdict: nodeFault,
      expected: final,
    },
    {
      name: 'a service that was kept from the wrong nodes is made anew at no cost, and on any node',
      spec: { ...budgets, lossLimit: 0 },
      record: { attempt: 3, failures: 2, claimedAt: 5, trouble: { n1: 2 } },
      verdict: { ...lost, reason: 'PlacementOutdated' },
      expected: { kind: 'replace', next: { attempt: 4, failures: 2, losses: 0, claimedAt: 5 } },
    },
    {
      name: 'an end with 0 and no report is tried again later, on the budget of losses',
      spec: budgets,
      record: { attempt: 3, failures: 2, losses: 1 },
      verdict: { ...lost, reason: 'NoReport' },
      expected: {
        kind: 'retry',
        next: { attempt: 4, failures: 2, losses: 2 },
        notBefore: NOW,
      },
    },
    {
      name: 'a report that did not come often enough is a failure for good, though retries are left',
      spec: budgets,
      verdict: { ...failed, exitStatus: null, reason: 'NoReport' },
      expected: final,
    },
    { name: 'a rejection is final', spec: budgets, verdict: rejected, expected: final },
  ];
  it.each(cases)('$name', ({ spec, record, verdict, expected }) => {
    const context = { spec: aSpec({ retryBackoff: AT_ONCE, ...spec }), now: NOW, ending: false };
    expect(dispose(ID, aRecord(record), verdict, context)).toEqual(expected);
  });
});

describe('where the output is to be had', () => {
  interface Case {
    name: string;
    verdict: Verdict;
    report?: ReportSummary;
    expected: OutputSource;
  }
  const { swarmTaskId: _, ...untraced } = lost;
  const cases: Case[] = [
    {
      name: 'the report has it when the report decided',
      verdict: { ...succeeded, source: 'report' },
      report: aReport(),
      expected: { kind: 'report', output },
    },
    {
      name: 'a report that is gone is not taken for an empty output',
      verdict: { ...succeeded, source: 'report' },
      expected: { kind: 'none', reason: 'the report is no longer in the store' },
    },
    {
      name: 'there is none of what its node could not start',
      verdict: { ...lost, reason: 'NodeFault' },
      expected: { kind: 'none', reason: 'the task never started' },
    },
    {
      name: 'the log of the swarm task has it when the service decided',
      verdict: failed,
      expected: { kind: 'logs', swarmTaskId: 't1' },
    },
    {
      name: 'the log of what was stopped may go on',
      verdict: { ...failed, outcome: 'TimedOut', exitStatus: null, source: 'controller' },
      expected: { kind: 'logs', swarmTaskId: 't1', cut: STOPPED },
    },
    {
      name: 'the log of what was lost may lack its end',
      verdict: { ...lost, swarmTaskId: 't1' },
      expected: { kind: 'logs', swarmTaskId: 't1', cut: CUT_SHORT },
    },
    {
      name: 'so may that of what must not run twice',
      verdict: { ...failed, reason: 'NodeLost' },
      expected: { kind: 'logs', swarmTaskId: 't1', cut: CUT_SHORT },
    },
    {
      name: 'what ended with 0 and reported nothing has written all',
      verdict: { ...lost, reason: 'NoReport', swarmTaskId: 't1' },
      expected: { kind: 'logs', swarmTaskId: 't1' },
    },
    {
      name: 'a task that never started has none',
      verdict: { ...rejected, swarmTaskId: 't1' },
      expected: { kind: 'none', reason: 'the task never started' },
    },
    {
      name: 'a service that was gone has none any more',
      verdict: untraced,
      expected: { kind: 'none', reason: 'the service was gone before its log was read' },
    },
  ];
  it.each(cases)('$name', ({ verdict, report, expected }) => {
    expect(outputSource(verdict, report)).toEqual(expected);
  });
});

const settle = (disposition: Disposition, stuck?: string) => {
  const action = { type: 'SettleAttempt', index: 0, disposition, endedAt: NOW } as const;
  return stuck === undefined ? action : { ...action, stuck };
};

describe('the settlement of an attempt', () => {
  it('tells when a task that was stopped ended, so that its duration does not grow for ever', () => {
    const settlement = settlementOf(settle({ kind: 'final' }), { ...aRecord(), verdict: timedOut });
    expect(settlement).toMatchObject({ result: { verdict: { ...timedOut, finishedAt: NOW } } });
  });

  it('tells of a container that was left behind', () => {
    const stuck = settle({ kind: 'final' }, 'ContainerStuck: still there');
    expect(settlementOf(stuck, { ...aRecord(), verdict: timedOut })).toMatchObject({
      result: { verdict: { message: 'it ran longer than 3 s; ContainerStuck: still there' } },
    });
  });

  it('carries the result when it is final', () => {
    const record = { ...aRecord({ attempt: 3, losses: 1, output }), verdict: succeeded };
    expect(settlementOf(settle({ kind: 'final' }), record)).toEqual({
      kind: 'final',
      succeeded: true,
      result: { verdict: succeeded, output, attempts: 3, losses: 1 },
    });
  });

  it('counts everything but a success as a failure', () => {
    for (const verdict of [failed, lost, rejected]) {
      const settlement = settlementOf(settle({ kind: 'final' }), {
        ...aRecord({ output }),
        verdict,
      });
      expect(settlement).toMatchObject({ succeeded: false, result: { verdict } });
    }
  });

  it('says that there is no output rather than showing an empty one', () => {
    const record = { ...aRecord(), verdict: succeeded };
    expect(settlementOf(settle({ kind: 'final' }), record)).toMatchObject({
      result: { output: { log: { state: 'unavailable' } } },
    });
  });

  describe('when another attempt follows', () => {
    const next = aClaim();
    const retry = { kind: 'retry', next, notBefore: NOW } as const;
    const last = { verdict: failed, output, attempts: 1, losses: 0 };

    it('is the disposition, with what this one came to in the record of the next', () => {
      expect(settlementOf(settle(retry), { ...aRecord({ output }), verdict: failed })).toEqual({
        ...retry,
        next: { ...next, last },
      });
    });

    it('says of an attempt that is replaced that its output was not collected', () => {
      const replace = { kind: 'replace', next } as const;
      expect(settlementOf(settle(replace), { ...aRecord(), verdict: lost })).toMatchObject({
        kind: 'replace',
        next: { last: { verdict: lost, output: { log: { state: 'unavailable' } } } },
      });
    });

    it('holds only the last of several, not each one within the next', () => {
      const record = { ...aRecord({ attempt: 2, last, output }), verdict: failed };
      const settlement = settlementOf(settle(retry), record);
      expect(settlement).toMatchObject({ next: { last: { ...last, attempts: 2 } } });
      expect(JSON.stringify(settlement).match(/"last"/g)).toHaveLength(1);
    });

    it('tells the number of an attempt where some before it were taken back', () => {
      const record = { ...aRecord({ attempt: 4, returned: 2, output }), verdict: failed };
      expect(settlementOf(settle(retry), record)).toMatchObject({
        next: { last: { attempts: 2, number: 4 } },
      });
    });

    it.each(['PlacementOutdated', 'Unplaced'] as const)(
      'keeps what was before an attempt that cost nothing: %s',
      (reason) => {
        const verdict = { ...lost, reason } as const;
        const record = { ...aRecord({ attempt: 2, last }), verdict };
        expect(settlementOf(settle(retry), record)).toMatchObject({ next: { last } });
        expect(settlementOf(settle(retry), { ...aRecord(), verdict })).toEqual(retry);
      },
    );
  });

  it('is what the attempt before came to, where this one came to nothing', () => {
    const last = { verdict: { ...failed, message: 'it broke' }, output, attempts: 1, losses: 0 };
    const record = { ...aRecord({ attempt: 2, last }), verdict: stopped };
    expect(settlementOf(settle({ kind: 'final', lastStands: true }), record)).toEqual({
      kind: 'final',
      succeeded: false,
      result: {
        verdict: {
          ...failed,
          outcome: 'Cancelled',
          message: 'it broke; not tried again: the job was cancelled',
        },
        output,
        attempts: 2,
        losses: 0,
        of: 1,
      },
    });
  });
});

describe('an attempt that is stopped because its job ends', () => {
  const last = { verdict: failed, output, attempts: 1, losses: 0 };
  const second = aRecord({ attempt: 2, last });
  const ending = { spec: aSpec(), now: NOW, ending: true };

  it('leaves the task what the attempt before came to, when nothing was seen of it', () => {
    const untried = { kind: 'final', lastStands: true };
    expect(dispose(ID, second, stopped, ending)).toEqual(untried);
    expect(dispose(ID, second, { ...lost, reason: 'Unplaced' }, ending)).toEqual(untried);
  });

  // Its job ended between the verdict and the settlement: the task was told Lost, with an attempt.
  it.each(['PlacementOutdated', 'Unplaced'] as const)(
    'leaves a task untried that never was, when it was taken back just before: %s',
    (reason) => {
      const disposition = dispose(ID, aRecord(), { ...lost, reason }, ending);
      expect(disposition).toMatchObject({ kind: 'retry', next: { attempt: 2, losses: 0 } });
    },
  );

  it('keeps its own number, that of the one before, and how many there were', () => {
    const record = { ...aRecord({ attempt: 4, returned: 1, last }), verdict: stopped };
    expect(settlementOf(settle({ kind: 'final', lastStands: true }), record)).toMatchObject({
      result: { attempts: 3, number: 4, of: 1 },
    });
  });

  it.each([
    ['it is the first', aRecord(), stopped, false],
    ['its process may have run', second, { ...stopped, ...trace }, false],
    ['it has reported', second, stopped, true],
    ['its output was stored', { ...second, output }, stopped, false],
    ['it was lost by itself', second, lost, false],
  ] as const)('is the result of the task itself when %s', (_, record, verdict, reported) => {
    expect(dispose(ID, record, verdict, { ...ending, reported })).toEqual({ kind: 'final' });
  });
});
