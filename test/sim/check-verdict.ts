import { type AttemptId, attemptKey, type Verdict } from '../../internal/apis/index.ts';
import type { JobEntry, Ledger, TaskEntry } from './ledger.ts';
import { MISSING_SECRET } from './make-policies.ts';
import type { JobPlan } from './scenario.ts';
import { EPOCH } from './sim-process.ts';
import type { Timeline } from './timeline.ts';
import type { Truth } from './truth.ts';
import type { Violations } from './violation.ts';

interface VerdictWorld {
  truth: Truth;
  timeline: Timeline;
  violations: Violations;
  /** No clock is ever set. */
  steady: boolean;
}

/** A node that is registered anew later than this after an end was not restarted by it, for all that shows. */
const RESTART_MS = 5000;

/** How a process ends that was killed from outside: SIGKILL, SIGTERM, and unseen by its engine. */
const KILLED = new Set([137, 143, 255]);

/** Checks a verdict that has just been stored against what really happened. */
export function checkVerdict(
  { truth, timeline, violations, steady }: VerdictWorld,
  { reports, refusals }: Pick<Ledger, 'reports' | 'refusals'>,
  job: JobEntry,
  task: TaskEntry,
): void {
  const verdict = task.verdicts.at(-1);
  if (verdict === undefined) return;
  const id = { jobUid: task.uid, index: task.index, attempt: task.attempts };
  const report = reports.get(attemptKey(id));
  const why = () => `${attemptKey(id)} was judged ${JSON.stringify(verdict)}`;
  const invariant =
    verdict.outcome === 'Lost' ? 'only what was disturbed is lost' : 'a verdict is what happened';
  const { spec } = truth.planOf(task.uid);
  const isNoted = verdict.reason !== 'SwarmReplaced' || job.toldOfSwarm === true;
  const isRight = verdict.reason !== 'ServiceRemoved' || !truth.wentWithSwarm(id);
  violations.check(isNoted && isRight, 'a swarm that is made anew is told of as one', why);
  if (verdict.source === 'controller') {
    const fine = isAllowed(verdict, spec, job, isKeptOff(task, spec, truth));
    violations.check(fine, invariant, why);
    const ranFor = timeline.now - (truth.beganAt(id) ?? timeline.now);
    const inTime = verdict.outcome !== 'TimedOut' || ranFor >= (spec.timeoutSeconds ?? 0) * 1000;
    violations.check(inTime || !steady, 'a time limit ends nothing before its time', why);
    return;
  }
  if (verdict.source === 'report') {
    const told = report !== undefined && report.exitStatus === verdict.exitStatus;
    violations.check(told, invariant, why);
    const earned = verdict.outcome === 'Succeeded' ? report?.exitStatus === 0 : true;
    violations.check(earned, NEVER_BETTER, why);
    const asked = spec.completionPolicy !== 'exit';
    violations.check(asked, 'reports decide nothing under completionPolicy exit', why);
    return;
  }
  const overruled = report !== undefined && spec.completionPolicy !== 'exit';
  violations.check(!overruled, 'a report that is stored wins', why);
  // An end that a new leader was told of late looks like one by the restart of its engine.
  const endedAt = (verdict.finishedAt ?? 0) - EPOCH;
  const isLost = verdict.reason === 'EngineRestarted' || verdict.reason === 'NodeLost';
  const unsure = isLost && truth.nodesWereUnknown(endedAt, endedAt);
  const hit = unsure || truth.wasHit(id, verdict.nodeId, task.since, timeline.now);
  const due = refusals.has(attemptKey(id))
    ? spec.completionPolicy !== 'exit'
    : spec.completionPolicy === 'report';
  // README, Known: what hides that an engine was restarted.
  const isHidden =
    truth.nodesWereUnknown(endedAt, timeline.now) ||
    truth.wasCutFor(verdict.nodeId, endedAt, RESTART_MS) ||
    truth.changedUnseen(verdict.nodeId, endedAt);
  const hidden = hit && !due && isHidden;
  const isTold = hidden && verdict.exitStatus === truth.fateOf(id).exitOnTerm;
  violations.check(isTold || isTrue(verdict, spec, { id, truth, hit, due }), invariant, why);
  const earned = verdict.outcome !== 'Succeeded' || (truth.endedItself(id, 0) && !due);
  violations.check(earned || hidden, NEVER_BETTER, why);
  const byNode = verdict.outcome === 'Rejected' && verdict.reason === 'NodeFault';
  violations.check(!byNode, 'what one node cannot start another one does', why);
}

const NEVER_BETTER = '9: no verdict is better than what happened';

/** Whether the controller may end an attempt so. */
function isAllowed(
  { outcome, reason }: Verdict,
  spec: JobPlan['spec'],
  job: JobEntry,
  keptOff: boolean,
): boolean {
  if (outcome === 'TimedOut') return spec.timeoutSeconds !== undefined;
  if (reason === 'PlacementOutdated') return keptOff;
  if (reason === 'Unplaced')
    return keptOff || spec.backoffLimit > 0 || spec.resources !== undefined;
  return job.ending;
}

/** So often an attempt must have come to nothing on a node until the next ones are kept from it. */
const KEPT_OFF_FROM = 2;

/** True when there is a node that the last attempt may have been kept from. */
function isKeptOff({ verdicts }: TaskEntry, spec: JobPlan['spec'], truth: Truth): boolean {
  if (spec.placement !== undefined || truth.hasBroken) return true;
  const before = verdicts.slice(0, -1).filter(({ outcome }) => outcome !== 'Lost');
  return before.some(
    ({ nodeId }) =>
      nodeId !== undefined &&
      before.filter((other) => other.nodeId === nodeId).length >= KEPT_OFF_FROM,
  );
}

interface Circumstances {
  id: AttemptId;
  truth: Truth;
  /** Something was done to it, or to its node. */
  hit: boolean;
  /** Its exit with 0 counts only with a report. */
  due: boolean;
}

function isTrue(
  { outcome, exitStatus, reason, nodeId, finishedAt = 0 }: Verdict,
  { onNodeLost, secrets }: JobPlan['spec'],
  { id, truth, hit, due }: Circumstances,
): boolean {
  const fate = truth.fateOf(id);
  const runs = fate.reject === undefined && fate.failStart === undefined;
  const unreported = due && runs && fate.exitCode === 0;
  switch (outcome) {
    case 'Succeeded':
      return runs && fate.exitCode === 0 && exitStatus === 0;
    case 'Failed':
      if (reason === 'NoReport') return unreported && exitStatus === null;
      if (reason === 'NodeLost') return hit && onNodeLost === 'fail';
      if (hit && KILLED.has(exitStatus ?? 0)) return true;
      if (fate.failStart !== undefined) return exitStatus === 127;
      return runs && exitStatus !== 0 && exitStatus === fate.exitCode;
    case 'Rejected':
      return !runs || hit || secrets?.includes(MISSING_SECRET) === true;
    default:
      if (reason === 'NoReport') return unreported;
      if (reason === 'NodeFault') return truth.wasBroken(nodeId, finishedAt - EPOCH);
      return hit;
  }
}
