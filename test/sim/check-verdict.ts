import { attemptKey, type Report, type Verdict } from '../../internal/apis/index.ts';
import type { JobEntry, TaskEntry } from './ledger.ts';
import { MISSING_SECRET } from './make-policies.ts';
import type { Fate, JobPlan } from './scenario.ts';
import { EPOCH } from './sim-process.ts';
import type { Timeline } from './timeline.ts';
import type { Truth } from './truth.ts';
import type { Violations } from './violation.ts';

interface VerdictWorld {
  truth: Truth;
  timeline: Timeline;
  violations: Violations;
}

/** How a process ends that was killed from outside: SIGKILL, SIGTERM, and unseen by its engine. */
const KILLED = new Set([137, 143, 255]);

/** Checks a verdict that has just been stored against what really happened. */
export function checkVerdict(
  { truth, timeline, violations }: VerdictWorld,
  reports: ReadonlyMap<string, Report>,
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
  if (verdict.source === 'controller') {
    const fine = isAllowed(verdict, spec, job);
    violations.check(fine, invariant, why);
    return;
  }
  if (verdict.source === 'report') {
    const told = report !== undefined && report.exitStatus === verdict.exitStatus;
    violations.check(told, invariant, why);
    const asked = spec.completionPolicy !== 'exit';
    violations.check(asked, 'reports decide nothing under completionPolicy exit', why);
    return;
  }
  const overruled = report !== undefined && spec.completionPolicy !== 'exit';
  violations.check(!overruled, 'a report that is stored wins', why);
  // An end that a new leader was told of late looks like one by the restart of its engine.
  const endedAt = (verdict.finishedAt ?? 0) - EPOCH;
  const unsure = verdict.reason === 'EngineRestarted' && truth.nodesWereUnknown(endedAt, endedAt);
  const hit = unsure || truth.wasHit(id, verdict.nodeId, task.since, timeline.now);
  violations.check(isTrue(verdict, spec, truth.fateOf(id), hit), invariant, why);
  const earned = verdict.outcome !== 'Succeeded' || truth.endedItself(id, 0);
  violations.check(earned, '9: no verdict is better than what happened', why);
}

/** Whether the controller may end an attempt so. */
function isAllowed({ outcome, reason }: Verdict, spec: JobPlan['spec'], job: JobEntry): boolean {
  if (outcome === 'TimedOut') return spec.timeoutSeconds !== undefined;
  // Only such jobs, and tasks that failed before, are kept from nodes.
  if (reason === 'PlacementOutdated') return spec.placement !== undefined || spec.backoffLimit > 0;
  return job.ending;
}

function isTrue(
  { outcome, exitStatus, reason }: Verdict,
  { completionPolicy, onNodeLost, secrets }: JobPlan['spec'],
  fate: Fate,
  hit: boolean,
): boolean {
  const runs = fate.reject === undefined && fate.failStart === undefined;
  switch (outcome) {
    case 'Succeeded':
      return runs && fate.exitCode === 0 && exitStatus === 0 && completionPolicy !== 'report';
    case 'Failed':
      if (reason === 'NodeLost') return hit && onNodeLost === 'fail';
      if (hit && KILLED.has(exitStatus ?? 0)) return true;
      if (fate.failStart !== undefined) return exitStatus === 127;
      if (completionPolicy === 'report' && reason !== 'NoReport') return false;
      if (completionPolicy !== 'report' && fate.exitCode === 0) return false;
      return runs && exitStatus === fate.exitCode;
    case 'Rejected':
      return !runs || hit || secrets?.includes(MISSING_SECRET) === true;
    default:
      return hit;
  }
}
