import type { Reason } from './conditions.ts';
import type { OutputSummary } from './output.ts';

/** One execution of a task. One swarm service each. */
export interface AttemptId {
  jobUid: string;
  /** Position of the task in its job, from 0. */
  index: number;
  /** Number of the attempt, from 1. */
  attempt: number;
}

/** How an attempt ended. `Lost` is not a failure: it is replaced and costs no `backoffLimit`. */
export const OUTCOMES = [
  'Succeeded',
  'Failed',
  'Rejected',
  'Lost',
  'TimedOut',
  'Cancelled',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Where a task stands, or what it came to. */
export const TASK_PHASES = ['Pending', 'Active', ...OUTCOMES] as const;
export type TaskPhase = (typeof TASK_PHASES)[number];

/** What an attempt came to. The first one stored is final. */
export interface Verdict {
  outcome: Outcome;
  /** The process's exit status; null where no process ran to its end. */
  exitStatus: number | null;
  reason?: Reason;
  /** The engine's own words where there are any. */
  message?: string;
  /**
   * Where it came from: a report of the task, the state of its service, or the controller, which
   * ended it.
   */
  source: 'report' | 'service' | 'controller';
  /** Unix time in ms at which the process started, by the engine's clock. */
  startedAt?: number;
  /** Unix time in ms at which the process ended, by the engine's clock. */
  finishedAt?: number;
  /** Swarm id of the node that ran it. */
  nodeId?: string;
  /** Swarm id of the task whose logs are the attempt's output. Absent when no container existed. */
  swarmTaskId?: string;
}

/**
 * A task's current attempt as the store holds it. Stages follow from what is present:
 * claimed (nothing), created (`serviceId`), judged (`verdict`), collected (`output`).
 * The removal of the service and the counting end the record.
 */
export interface AttemptRecord {
  attempt: number;
  /** How many earlier attempts of this task were lost. */
  losses: number;
  /** How many earlier attempts of this task failed. */
  failures: number;
  /** How many earlier attempts of this task their nodes could not start; none where it is absent. */
  nodeFaults?: number;
  /** Unix time in ms. */
  claimedAt?: number;
  serviceId?: string;
  /** The task's own `timeoutSeconds`, where it has one. */
  timeoutSeconds?: number;
  /** When its process was first seen to run (Unix ms); only kept where a time limit needs it. */
  runningAt?: number;
  /** When its node was first seen to be down (Unix ms); only kept where a policy waits. */
  lostAt?: number;
  /** Since when it waits for a node on behalf of its job, without a slot (Unix ms). */
  unplacedAt?: number | undefined;
  /** How many earlier attempts of this task were taken back before they were placed: they are none. */
  returned?: number;
  /** The one before was taken back: this one waits for a node, and for nothing else. */
  takenBack?: true;
  /** When the first of those was claimed (Unix ms): `startDeadlineSeconds` counts from it. */
  firstClaimedAt?: number;
  /** What the task needs of a node, as text, where it has `resources` of its own. */
  ownNeeds?: string;
  /** The task's own memory limit, where it has `resources` of its own with one. */
  memoryLimit?: number | string;
  /** On which nodes earlier attempts of the task did not succeed, and how often; a few at most. */
  trouble?: Record<string, number>;
  /** Why the image could not be pulled; only kept where swarm says no more than that. */
  pullFailure?: PullFailure;
  /** What the attempts before this one came to: the task's result, had there been no further one. */
  last?: TaskResult;
  /** Its job has ended, and others of its tasks alone run again: it does not, unless somebody retries it. */
  parked?: true;
  verdict?: Verdict;
  output?: OutputSummary;
  /** When its service was removed while its container could still run (Unix ms): its end is waited for. */
  removedAt?: number;
}

/** What became of a pull, by what its registry says afterwards. */
export interface PullFailure {
  reason: Reason;
  message: string;
}

/** The final result of a task, stored once. */
export interface TaskResult {
  verdict: Verdict;
  output: OutputSummary;
  /** Attempts used, the last one included. */
  attempts: number;
  losses: number;
  /** Number of the last attempt, where some before it were taken back: they are none. */
  number?: number;
  /** Number of the attempt that verdict and output are of, where those after it came to nothing. */
  of?: number;
}

/** Number of the attempt that a result is of. */
export function attemptOf({ of, number, attempts }: TaskResult): number {
  return of ?? number ?? attempts;
}

/** Number of the last attempt of a task. */
export function newestOf({ number, attempts }: Pick<TaskResult, 'number' | 'attempts'>): number {
  return number ?? attempts;
}

/**
 * The result of a task whose job ended before it was tried again: cancelled, and for the rest what its
 * last attempt came to.
 *
 * @param used how many attempts it had, those that came to nothing included.
 * @param why it was not tried again.
 */
export function untriedResult(
  last: TaskResult,
  used: Pick<TaskResult, 'number' | 'attempts'>,
  why: string,
): TaskResult {
  const { verdict, output, losses } = last;
  const words = `not tried again: ${why}`;
  const message = verdict.message === undefined ? words : `${verdict.message}; ${words}`;
  const result: TaskResult = {
    verdict: { ...verdict, outcome: 'Cancelled', message },
    output,
    attempts: used.attempts,
    losses,
  };
  if (newestOf(used) !== used.attempts) result.number = newestOf(used);
  if (attemptOf(last) !== newestOf(used)) result.of = attemptOf(last);
  return result;
}

/** An attempt that did not succeed and that another one followed. */
export interface EarlierAttempt {
  attempt: number;
  verdict: Verdict;
  /** Of what is kept: the end of each stream. */
  output: OutputSummary;
  /** Its output is not kept: those of the job have all the room that they may take. */
  dropped?: true;
}

/** The earlier attempts of a task: the first and the last three are kept. */
export interface EarlierAttempts {
  /** Oldest first. */
  kept: EarlierAttempt[];
  /** How many there were between the first and the last three. */
  between: number;
}
