import type {
  AttemptId,
  AttemptRecord,
  JobEnding,
  JobSpec,
  ReportSummary,
  Settlement,
  TaskResult,
  Verdict,
} from '../apis/index.ts';
import { CUT_SHORT, STOPPED, unavailableOutput, untriedResult } from '../apis/index.ts';
import type { AttemptAction, Disposition, OutputSource } from './actions.ts';
import { failureAction } from './failure-policy.ts';
import { troubleAfter } from './placement.ts';
import { lossDelayMs, retryDelayMs } from './retry-delay.ts';
import { returnDelayMs } from './unplaced.ts';

/** What a disposition depends on beside the attempt itself. */
interface DispositionContext {
  spec: JobSpec;
  /** Unix time in ms. */
  now: number;
  /** True once the job is ending: nothing is tried again. */
  ending: boolean;
  /** The attempt itself has reported. */
  reported?: boolean;
}

/**
 * What follows a verdict. Loss is not failure: it has a budget of its own and costs no
 * `backoffLimit` (design: The model).
 */
export function dispose(
  id: AttemptId,
  record: AttemptRecord,
  verdict: Verdict,
  { spec, now, ending, reported }: DispositionContext,
): Disposition {
  if (ending && !reported && isUnstarted(verdict) && leavesLast(record)) {
    return { kind: 'final', lastStands: true };
  }
  if ((ending && !costsNothing(verdict)) || verdict.outcome === 'Succeeded') {
    return { kind: 'final' };
  }
  const { losses, failures, returned, nodeFaults = 0 } = record;
  const count: AttemptRecord = { attempt: record.attempt + 1, losses, failures };
  // What was taken back before is none of the attempts that are told.
  if (returned !== undefined) count.returned = returned;
  if (nodeFaults > 0) count.nodeFaults = nodeFaults;
  if (verdict.reason === 'PlacementOutdated') {
    const next = anew(count, record);
    return ending ? { kind: 'retry', next, notBefore: now } : { kind: 'replace', next };
  }
  if (verdict.reason === 'Unplaced') return takenBack(count, record, now);
  const next = { ...count, ...troubleAfter(record, verdict) };
  const retry = (record: AttemptRecord, tries: number): Disposition => ({
    kind: 'retry',
    next: record,
    notBefore: now + retryDelayMs(spec, id, tries),
  });
  const action = failureAction(spec, verdict);
  // Who says `onNodeLost: fail` must not get a second run, by whatever rule.
  const failedByNode = verdict.outcome === 'Failed' && verdict.reason === 'NodeLost';
  switch (failedByNode && action !== 'FailJob' ? 'FailTask' : action) {
    case 'FailJob':
      return { kind: 'final', ends: policyEnding(id, verdict) };
    case 'FailTask':
      return { kind: 'final' };
    case 'Ignore':
      // What the engine refuses or loses for good must not go round for ever, nor ever faster.
      if (verdict.outcome === 'Lost') break;
      return record.attempt < MAX_ATTEMPTS ? retry(next, record.attempt) : { kind: 'final' };
    default:
  }
  // While the budget for it lasts; then the task is judged rejected.
  if (verdict.outcome === 'Lost' && verdict.reason === 'NodeFault') {
    const tries = nodeFaults + 1;
    const notBefore = now + lossDelayMs(id, tries);
    return { kind: 'retry', next: { ...next, nodeFaults: tries }, notBefore };
  }
  if (verdict.reason === 'NoReport') {
    // Lost: tried again on the budget of losses, after a pause. Failed: that was tried often enough.
    if (verdict.outcome !== 'Lost') return { kind: 'final' };
    return retry({ ...next, losses: losses + 1 }, losses + 1);
  }
  if (verdict.outcome === 'Lost' && losses < spec.lossLimit) {
    const lostOnce = { ...next, losses: losses + 1 };
    // The first at once. What is lost again and again may be lost by a look, or a node, that is out of order.
    return losses === 0
      ? { kind: 'replace', next: { ...lostOnce, claimedAt: now } }
      : { kind: 'retry', next: lostOnce, notBefore: now + lossDelayMs(id, losses) };
  }
  // No fault of the task's: it spends what losses do, but waits, as what is out of order needs time.
  if (losses < pullTries(verdict, spec)) {
    return retry({ ...next, losses: losses + 1 }, losses + 1);
  }
  if (RETRIED.has(verdict.outcome) && failures < spec.backoffLimit) {
    return retry({ ...next, failures: failures + 1 }, failures + 1);
  }
  return { kind: 'final' };
}

/** Stopped before anything of it was seen, or taken back: it has no output, and no exit status. */
function isUnstarted(verdict: Verdict): boolean {
  const isUnseen = verdict.outcome === 'Cancelled' && verdict.swarmTaskId === undefined;
  return isUnseen || costsNothing(verdict);
}

/** It was never placed. */
function costsNothing({ reason }: Verdict): boolean {
  return reason === 'PlacementOutdated' || reason === 'Unplaced';
}

/** The output of the attempt before was not written over yet. */
function leavesLast({ last, output }: AttemptRecord): boolean {
  return last !== undefined && output === undefined;
}

/** True where what the attempt before came to still is the last, so that its output must stay. */
export function keepsLast(disposition: Disposition, verdict: Verdict): boolean {
  const stands = disposition.kind === 'final' && disposition.lastStands === true;
  return stands || costsNothing(verdict);
}

/** It costs nothing, waits as long as the other did, and may run on any node. */
function anew(count: AttemptRecord, { claimedAt, firstClaimedAt }: AttemptRecord): AttemptRecord {
  return {
    ...count,
    ...(claimedAt === undefined ? {} : { claimedAt }),
    ...(firstClaimedAt === undefined ? {} : { firstClaimedAt }),
  };
}

/** It costs nothing, and waits on; when it is claimed again is up to its job. */
function takenBack(count: AttemptRecord, record: AttemptRecord, now: number): Disposition {
  const { firstClaimedAt = record.claimedAt } = record;
  const since = firstClaimedAt === undefined ? {} : { firstClaimedAt };
  const next: AttemptRecord = { ...count, ...since, returned: (record.returned ?? 0) + 1 };
  next.takenBack = true;
  if (record.ownNeeds !== undefined) next.ownNeeds = record.ownNeeds;
  return { kind: 'retry', next, notBefore: now + returnDelayMs(record) };
}

/** Most attempts of a task whose failures are ignored, so that it ends. */
const MAX_ATTEMPTS = 1000;

/** Outcomes that `backoffLimit` is for. What was rejected once is rejected again. */
const RETRIED: ReadonlySet<Verdict['outcome']> = new Set(['Failed', 'TimedOut']);

/** Most tries of a pull that fails although the registry has the image: it may be for good. */
const PULL_TRIES = 3;

/** How often an image may be pulled anew, as a number of losses; 0 for what is no such failure. */
function pullTries({ outcome, reason }: Verdict, { lossLimit }: JobSpec): number {
  if (outcome !== 'Rejected') return 0;
  if (reason === 'RegistryUnavailable') return lossLimit;
  return reason === 'PullFailed' ? Math.min(PULL_TRIES, lossLimit) : 0;
}

function policyEnding({ index }: AttemptId, verdict: Verdict): JobEnding {
  const what = verdict.exitStatus === null ? verdict.reason : `exit status ${verdict.exitStatus}`;
  const message = `task ${index} failed with ${what}, which ends the job by its failure policy`;
  return { phase: 'Failed', reason: 'FailurePolicy', message };
}

/** Where the output of a judged attempt is to be had. */
export function outputSource(verdict: Verdict, report: ReportSummary | undefined): OutputSource {
  if (verdict.source === 'report') {
    return report === undefined
      ? { kind: 'none', reason: 'the report is no longer in the store' }
      : { kind: 'report', output: report.output };
  }
  if (verdict.outcome === 'Rejected' || verdict.reason === 'NodeFault') {
    return { kind: 'none', reason: 'the task never started' };
  }
  const { swarmTaskId } = verdict;
  if (swarmTaskId === undefined) {
    return { kind: 'none', reason: 'the service was gone before its log was read' };
  }
  const cut = cutOf(verdict);
  return cut === undefined ? { kind: 'logs', swarmTaskId } : { kind: 'logs', swarmTaskId, cut };
}

/** What did not end by itself has a log that is not known to be whole when it is read. */
function cutOf({ source, outcome, reason }: Verdict): string | undefined {
  if (source === 'controller') return STOPPED;
  const isLost = outcome === 'Lost' && reason !== 'NoReport';
  return isLost || reason === 'NodeLost' ? CUT_SHORT : undefined;
}

/**
 * The settlement that carries out a disposition.
 * @param record of the attempt, with its output as stored; there is none of one that is replaced.
 */
export function settlementOf(
  { disposition, endedAt, stuck }: Extract<AttemptAction, { type: 'SettleAttempt' }>,
  record: AttemptRecord & { verdict: Verdict },
): Settlement {
  const { attempt: number, losses, returned = 0, last } = record;
  const verdict = withEnd(record.verdict, endedAt, stuck);
  const output = record.output ?? unavailableOutput('the output was not collected');
  const result: TaskResult = { verdict, output, attempts: number - returned, losses };
  if (returned > 0) result.number = number;
  if (disposition.kind !== 'final') {
    const before = costsNothing(verdict) ? last : result;
    const next = before === undefined ? disposition.next : { ...disposition.next, last: before };
    return { ...disposition, next };
  }
  const stands = disposition.lastStands && last !== undefined;
  return {
    kind: 'final',
    succeeded: verdict.outcome === 'Succeeded',
    result: stands ? untriedResult(last, result, verdict.message ?? '') : result,
    ...(disposition.ends === undefined ? {} : { ends: disposition.ends }),
  };
}

/** What was stopped has ended when its container was gone: nothing that ran goes on for ever. */
function withEnd(verdict: Verdict, endedAt: number, stuck: string | undefined): Verdict {
  const ran = verdict.startedAt !== undefined || verdict.swarmTaskId !== undefined;
  const isOpen = ran && verdict.finishedAt === undefined;
  const ended = isOpen ? { ...verdict, finishedAt: endedAt } : verdict;
  if (stuck === undefined) return ended;
  return { ...ended, message: [verdict.message, stuck].filter(Boolean).join('; ') };
}
