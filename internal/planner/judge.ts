import type { Evidence, JobSpec, PullFailure, Reason, TaskTrace, Verdict } from '../apis/index.ts';
import type { AttemptView } from './snapshot.ts';
import { isNodeLost, timeLeftMs, timeLimit, waitsForNode } from './time-limits.ts';

/** How long a task may live on after its report before its service is removed, in ms. */
export const REPORT_GRACE_MS = 30_000;

/**
 * How often a task is tried again after a node could not start it. It costs none of its other budgets: no
 * process has run, so none can run twice, and it is no fault of the task's.
 */
export const NODE_FAULT_LIMIT = 10;

/** Most tries after an end with 0 and no report that counts: each repeats what the task does. */
export const REPORT_TRIES = 3;

/** What a verdict depends on beside the attempt itself. */
export interface JudgeContext {
  spec: JobSpec;
  /** Unix time in ms. */
  now: number;
  /** True when the evidence is too old for a time limit to end the attempt. */
  staleLook?: boolean;
}

/**
 * The verdict on an attempt, or undefined while there is no evidence for one.
 * A stored report wins over what the exit code says (design: Where a result comes from).
 */
export function judge(view: AttemptView, context: JudgeContext): Verdict | undefined {
  return reported(view, context.spec) ?? observed(view, context) ?? overdue(view, context);
}

/** How long until the report of an attempt that lives on counts on its own, in ms. */
export function reportGraceLeft(view: AttemptView, spec: JobSpec): number | undefined {
  // What was told to stop says nothing of why: that is for the swarm to say, however long it takes.
  if (!decidesByReport(view, spec) || view.report?.interrupted) return undefined;
  // Not before its service is recorded: what is to be removed must be known.
  const known = view.record.serviceId !== undefined;
  const atOnce = spec.completionPolicy === 'report' && known && !view.report?.partial;
  const grace = atOnce ? 0 : REPORT_GRACE_MS;
  return Math.max(0, grace - (view.reportAgeMs ?? 0));
}

/** True when the attempt itself, not an earlier one of its task, has reported what can be relied on. */
export function hasOwnReport({ report, record }: AttemptView): boolean {
  return report?.attempt === record.attempt && report.refused === undefined;
}

/** True when a verdict may stand beside whatever the attempt has reported: it was known, or decides nothing. */
export function allowsForReport(view: AttemptView, spec: JobSpec): boolean {
  return hasOwnReport(view) || spec.completionPolicy === 'exit';
}

function decidesByReport(view: AttemptView, spec: JobSpec): boolean {
  return hasOwnReport(view) && spec.completionPolicy !== 'exit';
}

function reported(view: AttemptView, spec: JobSpec): Verdict | undefined {
  const { report, evidence } = view;
  if (report === undefined || !decidesByReport(view, spec)) return undefined;
  const isOver =
    evidence.kind !== 'unseen' && evidence.kind !== 'waiting' && evidence.kind !== 'running';
  if (!isOver && reportGraceLeft(view, spec) !== 0) return undefined;
  if (report.interrupted && (evidence.kind === 'lost' || evidence.kind === 'absent')) {
    return undefined;
  }
  const trace = 'trace' in evidence ? evidence.trace : undefined;
  const when = { finishedAt: report.receivedAt, ...times(trace) };
  return report.exitStatus === null
    ? { ...noExit('Failed', 'NoExitStatus', NO_EXIT_STATUS, when), source: 'report' }
    : verdictOfExit(report.exitStatus, 'report', when);
}

const NO_EXIT_STATUS =
  'it reported an end without an exit status: killed by a signal, or never started';

function observed(view: AttemptView, { spec }: JudgeContext): Verdict | undefined {
  const { evidence, record } = view;
  switch (evidence.kind) {
    case 'unseen':
    case 'waiting':
    case 'running':
      return undefined;
    case 'ended':
      return verdictOfEnd(view, spec, evidence);
    case 'rejected':
      return rejected(record.pullFailure, evidence.message, times(evidence.trace));
    case 'lost':
      if (isNodeLost(view) && waitsForNode(spec)) return undefined;
      if (evidence.reason === 'NodeFault' && (record.nodeFaults ?? 0) >= NODE_FAULT_LIMIT) {
        return noExit('Rejected', 'NodeFault', evidence.message, times(evidence.trace));
      }
      return lost(view, spec, evidence.reason, evidence.message, times(evidence.trace));
    case 'absent':
      return evidence.swarmReplaced
        ? lost(view, spec, 'SwarmReplaced', 'the swarm was left and made anew', {})
        : lost(view, spec, 'ServiceRemoved', removedMessage(record.serviceId), {});
  }
}

/** Swarm says this of an image that a node lacks, whatever became of the pull. */
const NO_IMAGE = /^no such image: /i;

/** Swarm's words on a pull that failed, where the registry has not been asked yet why it did. */
export function unexplained({ record, evidence }: AttemptView, verdict: Verdict) {
  const { message = '' } = verdict;
  const mute = verdict.outcome === 'Rejected' && evidence.kind === 'rejected';
  return mute && record.pullFailure === undefined && NO_IMAGE.test(message) ? message : undefined;
}

function rejected(
  failure: PullFailure | undefined,
  message: string,
  trace: Partial<TaskTrace>,
): Verdict {
  return failure === undefined
    ? noExit('Rejected', 'Rejected', message, trace)
    : noExit('Rejected', failure.reason, failure.message, trace);
}

/** A time limit ends an attempt only by a look that is fresh: it may have ended meanwhile. */
function overdue(view: AttemptView, context: JudgeContext): Verdict | undefined {
  const { spec, now, staleLook } = context;
  const limit = timeLimit(spec, view);
  if (limit === undefined || staleLook || timeLeftMs(limit, now) > 0) return undefined;
  const { evidence } = view;
  const trace = 'trace' in evidence ? times(evidence.trace) : {};
  switch (limit.kind) {
    case 'run':
      return ended('TimedOut', 'Timeout', `it ran longer than ${limit.seconds} s`, trace);
    case 'start': {
      const why = evidence.kind === 'waiting' ? (evidence.message ?? '') : '';
      const message = `it was not started within ${limit.seconds} s: ${why}`;
      return ended('Rejected', 'StartDeadlineExceeded', message, trace);
    }
    case 'node':
      return lost(view, spec, 'NodeLost', evidence.kind === 'lost' ? evidence.message : '', trace);
  }
}

/** What only its node can have ended: also one that left the swarm, or is back before it counted as lost. */
const ENDED_BY_NODE: ReadonlySet<Reason> = new Set<Reason>([
  'NodeLost',
  'EngineRestarted',
  'TaskStopped',
  'SwarmReplaced',
]);

/** With `onNodeLost: fail` the process may not run twice, so it has failed, whatever its budgets. */
function lost(
  { record }: AttemptView,
  spec: JobSpec,
  reason: Reason,
  message: string,
  trace: Partial<TaskTrace>,
): Verdict {
  const byNode = ENDED_BY_NODE.has(reason) || record.lostAt !== undefined;
  if (spec.onNodeLost !== 'fail' || !byNode) return noExit('Lost', reason, message, trace);
  return noExit('Failed', 'NodeLost', message, trace);
}

/** The controller itself ended the attempt. */
export function ended(
  outcome: Verdict['outcome'],
  reason: Reason,
  message: string,
  trace: Partial<TaskTrace>,
): Verdict {
  return { ...noExit(outcome, reason, message, trace), source: 'controller' };
}

/**
 * The verdict on a process that has ended without a report that decides. Where one was due, or was refused,
 * an end with 0 is no success: what a client in the container ran may have come to anything.
 */
function verdictOfEnd(
  { record, report }: AttemptView,
  spec: JobSpec,
  { exitStatus, message, oomKilled, trace }: Extract<Evidence, { kind: 'ended' }>,
): Verdict {
  const verdict = withMemory(verdictOfExit(exitStatus, 'service', times(trace), message), {
    oomKilled,
    // A task with resources of its own has none of the job's.
    limit: record.ownNeeds === undefined ? spec.resources?.limits?.memory : record.memoryLimit,
  });
  const refused = report?.attempt === record.attempt ? report.refused : undefined;
  const { completionPolicy } = spec;
  const due = refused === undefined ? completionPolicy === 'report' : completionPolicy !== 'exit';
  if (!due) return verdict;
  const lack = refused === undefined ? 'it reported nothing' : `its report was refused: ${refused}`;
  if (exitStatus !== 0) {
    const words = verdict.message === undefined ? lack : `${verdict.message}; ${lack}`;
    return { ...verdict, message: words };
  }
  const outcome = record.losses < Math.min(REPORT_TRIES, spec.lossLimit) ? 'Lost' : 'Failed';
  return noExit(outcome, 'NoReport', `its process ended with 0, and ${lack}`, times(trace));
}

const SIGKILL_EXIT = 137;

/**
 * What its memory had to do with the end of a process. Swarm does not tell; where the engine of its node cannot be
 * asked, the limit is a hint.
 */
function withMemory(
  verdict: Verdict,
  { oomKilled, limit }: { oomKilled?: true | undefined; limit?: number | string | undefined },
): Verdict {
  if (verdict.exitStatus !== SIGKILL_EXIT) return verdict;
  const what = limit === undefined ? 'no memory limit of its own' : `the memory limit ${limit}`;
  if (oomKilled) {
    return { ...verdict, reason: 'OOMKilled', message: `killed for its memory, with ${what}` };
  }
  if (limit === undefined) return verdict;
  const hint = `with ${what}, beyond which it is killed so`;
  return { ...verdict, message: [verdict.message, hint].filter(Boolean).join('; ') };
}

function removedMessage(serviceId: string | undefined): string {
  return `service ${serviceId ?? '(unknown)'} is gone and Swarmer did not remove it`;
}

function times(trace: TaskTrace | undefined): Partial<TaskTrace> {
  return trace ?? {};
}

function verdictOfExit(
  exitStatus: number,
  source: Verdict['source'],
  trace: Partial<TaskTrace>,
  message?: string,
): Verdict {
  if (exitStatus === 0) return { outcome: 'Succeeded', exitStatus, source, ...trace };
  const failed = {
    outcome: 'Failed',
    exitStatus,
    reason: 'NonZeroExit',
    source,
    ...trace,
  } as const;
  const signal = source === 'service' ? signalWords(exitStatus) : undefined;
  const words = [message, signal].filter((text) => text !== undefined).join(': ');
  return words === '' ? failed : { ...failed, message: words };
}

/** Swarm does not tell a signal (9 also when memory ran out) from an exit status of that number. */
function signalWords(exitStatus: number): string | undefined {
  const signal = exitStatus - 128;
  return signal >= 1 && signal <= 31 ? `Signal ${signal}, unless the process chose it` : undefined;
}

function noExit(
  outcome: Verdict['outcome'],
  reason: Reason,
  message: string,
  trace: Partial<TaskTrace>,
): Verdict {
  return { outcome, exitStatus: null, reason, message, source: 'service', ...trace };
}
