import { describe, expect, it } from 'vitest';
import type { AttemptRecord, Evidence, FailureRule, JobSpec, JobStatus } from '../apis/index.ts';
import type { Action } from './actions.ts';
import { plan } from './plan.ts';
import { retryDelayMs } from './retry-delay.ts';
import { aRecord, aReport, aSnapshot, aSpec, aView, NOW, trace } from './testing/builders.ts';

const counted = { total: 9, pending: 5, active: 1, succeeded: 1, failed: 2, cancelled: 0 };
const running: Evidence = { kind: 'running', trace };
const nodeLost: Evidence = { kind: 'lost', reason: 'NodeLost', message: 'node n1 is down', trace };
const ending = { phase: 'Failed', reason: 'DeadlineExceeded', message: 'too long' } as const;

/** The plan of a job with one attempt. */
function planOf(
  spec: Partial<JobSpec>,
  view: { evidence?: Evidence; record?: Partial<AttemptRecord>; gone?: true } = {},
  given: { status?: Partial<JobStatus>; staleLook?: boolean; report?: boolean } = {},
): Action[] {
  const { status = {}, staleLook = false, report = false } = given;
  const attempt = aView({
    evidence: view.evidence ?? running,
    record: aRecord(view.record ?? {}),
    ...(view.gone ? { gone: true } : {}),
    ...(report ? { report: aReport({ exitStatus: 4 }) } : {}),
  });
  return plan(
    aSnapshot({ spec, status: { counts: counted, ...status }, attempts: [attempt], staleLook }),
  );
}

const types = (actions: Action[]) => actions.map(({ type }) => type);
const verdictOf = (actions: Action[]) =>
  actions.flatMap((action) => (action.type === 'RecordVerdict' ? [action.verdict] : []))[0];
const dispositionOf = (actions: Action[]) =>
  actions.flatMap((action) => (action.type === 'SettleAttempt' ? [action.disposition] : []))[0];

describe('the end of a job before all its tasks', () => {
  it.each<[string, Partial<JobSpec>, Partial<JobStatus>, string, string]>([
    ['asked for by a user', { cancel: true }, {}, 'Cancelled', 'CancelRequested'],
    [
      'by its success policy',
      { successPolicy: { succeededCount: 1 } },
      {},
      'Complete',
      'SuccessPolicy',
    ],
    ['by too many failures', { maxFailedTasks: 1 }, {}, 'Failed', 'MaxFailedTasksExceeded'],
    [
      'by too many failures since others were retried',
      { maxFailedTasks: 0 },
      { failedBefore: 1 },
      'Failed',
      'MaxFailedTasksExceeded',
    ],
    [
      'by its deadline',
      { activeDeadlineSeconds: 5 },
      { startTime: NOW - 5000 },
      'Failed',
      'DeadlineExceeded',
    ],
  ])('%s is stored before anything else', (_what, spec, status, phase, reason) => {
    const actions = planOf(spec, {}, { status });
    expect(actions).toMatchObject([{ type: 'EndJob', ending: { phase, reason } }]);
  });

  it.each<[string, Partial<JobSpec>, Partial<JobStatus>]>([
    ['too few successes', { successPolicy: { succeededCount: 2 } }, {}],
    ['as many failures as may be', { maxFailedTasks: 2 }, {}],
    ['failures of before others were retried', { maxFailedTasks: 0 }, { failedBefore: 2 }],
    ['a deadline that is not over', { activeDeadlineSeconds: 5 }, { startTime: NOW - 4999 }],
    ['a deadline that does not run yet', { activeDeadlineSeconds: 5 }, {}],
  ])('does not come with %s', (_what, spec, status) => {
    expect(types(planOf(spec, {}, { status }))).not.toContain('EndJob');
  });

  it('is decided once: what would end the job again is ignored', () => {
    const actions = planOf({ cancel: true }, {}, { status: { ending } });
    expect(types(actions)).not.toContain('EndJob');
  });

  it('stops what runs, with its output so far, and retries nothing', () => {
    const actions = planOf({ backoffLimit: 3 }, {}, { status: { ending } });
    expect(types(actions)).toEqual(['RecordVerdict', 'StoreOutput', 'RemoveService']);
    const verdict = verdictOf(actions);
    expect(verdict).toMatchObject({ outcome: 'Cancelled', message: 'too long' });
    const record = { ...(verdict && { verdict }), removedAt: NOW };
    const then = planOf({ backoffLimit: 3 }, { record, gone: true }, { status: { ending } });
    expect(dispositionOf(then)).toEqual({ kind: 'final' });
  });

  it('leaves a task its own result that has ended already', () => {
    const ended: Evidence = { kind: 'ended', exitStatus: 3, trace };
    const actions = planOf({ backoffLimit: 3 }, { evidence: ended }, { status: { ending } });
    expect(verdictOf(actions)).toMatchObject({ outcome: 'Failed', exitStatus: 3 });
    expect(dispositionOf(actions)).toEqual({ kind: 'final' });
  });

  it('completes the job when nothing is current any more, and starts nothing', () => {
    const snapshot = aSnapshot({ status: { counts: counted, ending }, runnable: 5, slots: 5 });
    expect(plan(snapshot)).toEqual([{ type: 'CompleteJob' }]);
  });
});

describe('a suspended job', () => {
  it('starts nothing and lets what runs go on', () => {
    const snapshot = aSnapshot({
      spec: { suspend: true },
      attempts: [aView({ evidence: running })],
      runnable: 5,
      slots: 5,
    });
    expect(plan(snapshot)).toEqual([]);
  });
});

describe('a task that is lost', () => {
  it('is replaced at once the first time, and waits longer and longer after that', () => {
    const waits = [1, 2, 5, 9].map((losses) => {
      const disposition = dispositionOf(planOf({}, { evidence: nodeLost, record: { losses } }));
      return disposition?.kind === 'retry' ? disposition.notBefore - NOW : 0;
    });
    expect(dispositionOf(planOf({}, { evidence: nodeLost }))).toMatchObject({ kind: 'replace' });
    expect(waits[0]).toBeGreaterThanOrEqual(750);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits.at(-1)).toBeLessThanOrEqual(37_500);
  });

  it.each<[string, Evidence, Partial<AttemptRecord>]>([
    ['its node is down', nodeLost, {}],
    ['its engine was restarted', { ...nodeLost, reason: 'EngineRestarted' }, {}],
    ['its node was drained', { ...nodeLost, reason: 'TaskStopped' }, {}],
    ['its node has left the swarm with all others', { kind: 'absent', swarmReplaced: true }, {}],
    ['its service went while its node was away', { kind: 'absent' }, { lostAt: NOW - 9 }],
    ['its node is back in time', { ...nodeLost, reason: 'ServiceRemoved' }, { lostAt: NOW - 9 }],
  ])('never runs twice with onNodeLost: fail, when %s', (_when, evidence, record) => {
    const spec = {
      ...{ onNodeLost: 'fail', lostAfterSeconds: 5, backoffLimit: 3, lossLimit: 10 },
      failurePolicy: [{ action: 'Ignore', onReasons: ['NodeLost'] }],
    } satisfies Partial<JobSpec>;
    const over = { ...record, lostAt: NOW - 6000 };
    const actions = planOf(spec, { evidence, record: evidence === nodeLost ? over : record });
    expect(verdictOf(actions)).toMatchObject({ outcome: 'Failed', reason: 'NodeLost' });
    expect(dispositionOf(actions)).toEqual({ kind: 'final' });
  });
});

describe('a deadline', () => {
  it('counts from when the job was taken up, which is stored once', () => {
    const first = plan(aSnapshot({ spec: { activeDeadlineSeconds: 5 } }));
    expect(types(first)).toContain('StartJob');
    const status = { startTime: NOW - 1000 };
    const then = plan(aSnapshot({ spec: { activeDeadlineSeconds: 5 }, status }));
    expect(then).toEqual([{ type: 'RequeueAfter', afterMs: 4000 }]);
  });

  const held = (status: Partial<JobStatus>, suspend = true) =>
    plan(aSnapshot({ spec: { activeDeadlineSeconds: 5, suspend }, status, runnable: 1, slots: 1 }));

  it.each<[string, Partial<JobStatus>]>([
    ['was created so', { suspendedAt: NOW - 9000 }],
    ['was suspended in the middle', { startTime: NOW - 9000, suspendedAt: NOW - 6000 }],
    [
      'was suspended before too',
      { startTime: NOW - 99_000, suspendedAt: NOW - 80_000, suspendedMs: 15_000 },
    ],
    ['was suspended by a version that noted no time', { startTime: NOW - 9000 }],
    ['was suspended by a clock that is behind', { startTime: NOW, suspendedAt: NOW - 9000 }],
  ])('stands, and has nobody come back, while the job is suspended that %s', (_what, status) => {
    expect(held(status)).toEqual([]);
  });

  it('is over for a suspended job that had used all of it before', () => {
    expect(types(held({ startTime: NOW - 9000, suspendedAt: NOW - 4000 }))).toEqual(['EndJob']);
  });

  it('begins when a job is resumed that was created suspended', () => {
    expect(types(held({}, false))).toEqual(['StartJob', 'StartTasks']);
  });

  it.each<[number, Partial<JobStatus>]>([
    [4000, { startTime: NOW - 9000, suspendedMs: 8000 }],
    [1, { startTime: NOW - 9000, suspendedMs: 4001 }],
    [5000, { startTime: NOW - 9000, suspendedMs: 10_000 }],
  ])('goes on from where it stood once the job is resumed, with %s ms left', (left, status) => {
    const requeue = { type: 'RequeueAfter', afterMs: left };
    expect(held(status, false)).toEqual([{ type: 'StartTasks', count: 1 }, requeue]);
  });

  it('is over once the rest of it has passed after that', () => {
    expect(types(held({ startTime: NOW - 9000, suspendedMs: 4000 }, false))).toEqual(['EndJob']);
  });

  it.each<[string, Partial<JobSpec>, Evidence, Partial<AttemptRecord>, string]>([
    ['to run', { timeoutSeconds: 5 }, running, { runningAt: NOW - 5000 }, 'Timeout'],
    [
      'to start',
      { startDeadlineSeconds: 5 },
      { kind: 'waiting' },
      { claimedAt: NOW - 5000 },
      'StartDeadlineExceeded',
    ],
  ])('stands, but no limit of an attempt does: %s', (_what, limit, evidence, record, reason) => {
    const spec = { ...limit, suspend: true, activeDeadlineSeconds: 1 };
    const status = { startTime: NOW - 9000, suspendedAt: NOW - 9000 };
    expect(verdictOf(planOf(spec, { evidence, record }, { status }))).toMatchObject({ reason });
  });
});

describe('the time limit of an attempt', () => {
  it('counts from when it was first seen to run', () => {
    const note = { type: 'NoteTime', note: { runningAt: NOW } };
    expect(planOf({ timeoutSeconds: 5 })).toMatchObject([note]);
    const waiting = planOf({ timeoutSeconds: 5 }, { record: { runningAt: NOW - 2000 } });
    expect(waiting).toEqual([{ type: 'RequeueAfter', afterMs: 3000 }]);
  });

  it('ends it as timed out, which counts as a failure', () => {
    const record = { runningAt: NOW - 5000 };
    const actions = planOf({ timeoutSeconds: 5, backoffLimit: 1 }, { record, gone: true });
    expect(verdictOf(actions)).toMatchObject({ outcome: 'TimedOut', reason: 'Timeout' });
    expect(dispositionOf(actions)).toMatchObject({ kind: 'retry', next: { failures: 1 } });
  });

  it('does not end it by a look that is old: it may have ended meanwhile', () => {
    const record = { runningAt: NOW - 5000 };
    const actions = planOf({ timeoutSeconds: 5 }, { record }, { staleLook: true });
    expect(types(actions)).toEqual(['RequeueAfter']);
  });

  it('to be started ends it with the reason that swarm gave', () => {
    const evidence: Evidence = { kind: 'waiting', message: 'no suitable node' };
    const record = { claimedAt: NOW - 5000 };
    const actions = planOf({ startDeadlineSeconds: 5 }, { evidence, record });
    expect(verdictOf(actions)).toMatchObject({
      outcome: 'Rejected',
      reason: 'StartDeadlineExceeded',
      message: expect.stringContaining('no suitable node'),
    });
  });
});

describe('an attempt whose node is down', () => {
  it('is replaced at once by default, at no cost of backoffLimit', () => {
    const actions = planOf({}, { evidence: nodeLost });
    expect(dispositionOf(actions)).toMatchObject({
      kind: 'replace',
      next: { attempt: 2, losses: 1, failures: 0 },
    });
  });

  it('waits as long as it is told to', () => {
    const spec = { lostAfterSeconds: 5 };
    expect(planOf(spec, { evidence: nodeLost })).toMatchObject([{ note: { lostAt: NOW } }]);
    const early = planOf(spec, { evidence: nodeLost, record: { lostAt: NOW - 1000 } });
    expect(early).toEqual([{ type: 'RequeueAfter', afterMs: 4000 }]);
    const late = planOf(spec, { evidence: nodeLost, record: { lostAt: NOW - 5000 } });
    expect(dispositionOf(late)).toMatchObject({ kind: 'replace' });
  });

  it('waits for ever where the policy is to wait, and is lost once its node has left', () => {
    const spec = { onNodeLost: 'wait' } as const;
    expect(planOf(spec, { evidence: nodeLost, record: { lostAt: 0 } })).toEqual([]);
    const stopped: Evidence = { kind: 'lost', reason: 'TaskStopped', message: 'stopped', trace };
    expect(dispositionOf(planOf(spec, { evidence: stopped }))).toMatchObject({ kind: 'replace' });
  });

  it('fails where the policy is to fail', () => {
    const actions = planOf({ onNodeLost: 'fail' }, { evidence: nodeLost });
    expect(verdictOf(actions)).toMatchObject({ outcome: 'Failed', reason: 'NodeLost' });
    expect(dispositionOf(actions)).toEqual({ kind: 'final' });
  });
});

describe('a rule of the failure policy', () => {
  const exit3: Evidence = { kind: 'ended', exitStatus: 3, trace };
  const rule = (action: 'FailJob' | 'FailTask' | 'Ignore' | 'Count', values = [3]) => ({
    backoffLimit: 1,
    failurePolicy: [{ action, onExitCodes: { operator: 'In' as const, values } }],
  });
  const following = (spec: Partial<JobSpec>, record: Partial<AttemptRecord> = {}) =>
    dispositionOf(planOf(spec, { evidence: exit3, record }));

  it('FailJob ends the job with the task', () => {
    expect(following(rule('FailJob'))).toMatchObject({
      kind: 'final',
      ends: { reason: 'FailurePolicy' },
    });
  });

  it('FailTask spends no retry', () => {
    expect(following(rule('FailTask'))).toEqual({ kind: 'final' });
  });

  it('Ignore tries again and counts nothing', () => {
    const spent = following(rule('Ignore'), { failures: 1, attempt: 5 });
    expect(spent).toMatchObject({ kind: 'retry', next: { attempt: 6, failures: 1, losses: 0 } });
  });

  it('Ignore waits longer each time, and gives up in the end', () => {
    const spec = { ...rule('Ignore'), retryBackoff: { baseMs: 1000, maxMs: 60_000 } };
    const wait = (attempt: number) => {
      const disposition = following(spec, { attempt });
      return disposition?.kind === 'retry' ? disposition.notBefore - NOW : undefined;
    };
    expect(wait(1)).toBeLessThanOrEqual(1250);
    expect(wait(5)).toBeGreaterThanOrEqual(12_000);
    expect(wait(999)).toBeGreaterThanOrEqual(45_000);
    expect(wait(1000)).toBeUndefined();
  });

  it('Ignore does not save a lost task from its lossLimit', () => {
    const failurePolicy = [{ action: 'Ignore' as const, onReasons: ['EngineRestarted' as const] }];
    const afterLosses = (losses: number) => {
      const evidence: Evidence = { kind: 'lost', reason: 'EngineRestarted', message: '', trace };
      return dispositionOf(
        planOf({ failurePolicy, lossLimit: 2 }, { evidence, record: { losses } }),
      );
    };
    expect(afterLosses(0)).toMatchObject({ kind: 'replace', next: { losses: 1 } });
    expect(afterLosses(1)).toMatchObject({ kind: 'retry', next: { losses: 2 } });
    expect(afterLosses(2)).toEqual({ kind: 'final' });
  });

  it('Count, and no rule that matches, spend backoffLimit', () => {
    expect(following(rule('Count'))).toMatchObject({ kind: 'retry', next: { failures: 1 } });
    expect(following(rule('FailJob', [4]))).toMatchObject({ kind: 'retry', next: { failures: 1 } });
    expect(following(rule('Count'), { failures: 1 })).toEqual({ kind: 'final' });
  });

  it('matches by NotIn and by reason, and the first match counts', () => {
    const notIn: FailureRule = {
      action: 'FailTask',
      onExitCodes: { operator: 'NotIn', values: [0] },
    };
    expect(following({ backoffLimit: 1, failurePolicy: [notIn] })).toEqual({ kind: 'final' });
    const byReason: FailureRule = { action: 'Ignore', onReasons: ['NonZeroExit'] };
    expect(following({ failurePolicy: [byReason, notIn] })).toMatchObject({ kind: 'retry' });
  });

  it('takes what was killed for its memory for one that ended with a status too', () => {
    const killed: Evidence = { kind: 'ended', exitStatus: 137, oomKilled: true, trace };
    const matched = (reason: 'NonZeroExit' | 'OOMKilled', evidence: Evidence) =>
      dispositionOf(
        planOf({ failurePolicy: [{ action: 'Ignore', onReasons: [reason] }] }, { evidence }),
      )?.kind;
    expect(matched('NonZeroExit', killed)).toBe('retry');
    expect(matched('OOMKilled', killed)).toBe('retry');
    expect(matched('OOMKilled', { kind: 'ended', exitStatus: 137, trace })).toBe('final');
  });
});

describe('the completion policy', () => {
  const exit0: Evidence = { kind: 'ended', exitStatus: 0, trace };

  it('report: a process that ends with 0 and no report is tried again, later each time', () => {
    const waits = [0, 1, 2].map((losses) => {
      const record = aRecord({ attempt: losses + 1, losses });
      const actions = planOf({ completionPolicy: 'report' }, { evidence: exit0, record });
      expect(verdictOf(actions)).toMatchObject({ outcome: 'Lost', reason: 'NoReport' });
      const disposition = dispositionOf(actions);
      expect(disposition).toMatchObject({ kind: 'retry', next: { losses: losses + 1 } });
      return disposition?.kind === 'retry' ? disposition.notBefore - NOW : 0;
    });
    for (const [i, mean] of [10_000, 20_000, 40_000].entries()) {
      expect(waits[i]).toBeGreaterThanOrEqual(0.75 * mean);
      expect(waits[i]).toBeLessThanOrEqual(1.25 * mean);
    }
  });

  it('report: a verdict on an end without a report is not to stand beside one that comes', () => {
    const actions = planOf({ completionPolicy: 'report' }, { evidence: exit0 });
    expect(actions).not.toContainEqual(expect.objectContaining({ knowsReport: true }));
  });

  it('report: the report decides at once, although the process lives on', () => {
    const actions = planOf({ completionPolicy: 'report' }, {}, { report: true });
    expect(verdictOf(actions)).toMatchObject({ exitStatus: 4, source: 'report' });
  });

  it('exit: a report decides nothing', () => {
    expect(planOf({ completionPolicy: 'exit' }, {}, { report: true })).toEqual([]);
    const actions = planOf({ completionPolicy: 'exit' }, { evidence: exit0 }, { report: true });
    expect(verdictOf(actions)).toMatchObject({ outcome: 'Succeeded', source: 'service' });
  });

  it('both: a report wins over the exit', () => {
    const actions = planOf({}, { evidence: exit0 }, { report: true });
    expect(verdictOf(actions)).toMatchObject({ exitStatus: 4, source: 'report' });
  });
});

describe('a report of a process that was told to stop', () => {
  const interrupted = aReport({ exitStatus: 143, interrupted: true, receivedAt: NOW });
  const planWith = (evidence: Evidence, reportAgeMs = 0) =>
    plan(aSnapshot({ attempts: [aView({ evidence, report: interrupted, reportAgeMs })] }));

  it('does not win over the loss that the stop was part of', () => {
    const lost: Evidence = { kind: 'lost', reason: 'EngineRestarted', message: 'restarted', trace };
    const actions = planWith(lost);
    expect(verdictOf(actions)).toMatchObject({ outcome: 'Lost' });
    expect(actions).toContainEqual(expect.objectContaining({ knowsReport: true }));
    expect(dispositionOf(actions)).toMatchObject({ kind: 'replace' });
  });

  it('waits for what the swarm says, however long that takes', () => {
    expect(planWith(running, 3_600_000)).toEqual([]);
  });

  it('counts when its process has ended by itself', () => {
    const ended: Evidence = { kind: 'ended', exitStatus: 143, trace };
    expect(verdictOf(planWith(ended))).toMatchObject({ exitStatus: 143, source: 'report' });
  });
});

describe('the wait before a retry', () => {
  const id = (index: number) => ({ jobUid: '01JGFJJZ000000000000000000', index, attempt: 1 });

  it('doubles from 10 s to 6 min, spread by a quarter either way', () => {
    const delays = [1, 2, 3, 20].map((tries) => retryDelayMs(aSpec(), id(0), tries) / 1000);
    const means = [10, 20, 40, 360];
    for (const [i, mean] of means.entries()) {
      expect(delays[i]).toBeGreaterThanOrEqual(0.75 * mean);
      expect(delays[i]).toBeLessThanOrEqual(1.25 * mean);
    }
  });

  it('is the same for the same attempt, and differs between tasks', () => {
    expect(retryDelayMs(aSpec(), id(0), 1)).toBe(retryDelayMs(aSpec(), id(0), 1));
    const spread = new Set(Array.from({ length: 50 }, (_, i) => retryDelayMs(aSpec(), id(i), 1)));
    expect(spread.size).toBeGreaterThan(40);
  });

  it('can be as short as milliseconds', () => {
    const spec = aSpec({ retryBackoff: { baseMs: 4, maxMs: 8 } });
    expect(retryDelayMs(spec, id(0), 9)).toBeLessThanOrEqual(10);
  });
});
