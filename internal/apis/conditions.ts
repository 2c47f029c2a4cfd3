/** A job is Running from its acceptance until its last task is counted. */
export const JOB_PHASES = ['Running', 'Complete', 'Failed'] as const;
export type JobPhase = (typeof JOB_PHASES)[number];

/** True when nothing about the job can change any more. */
export function isFinished(phase: JobPhase): boolean {
  return phase !== 'Running';
}

/** Why a task, an attempt or a job is as it is. One list, so that programs can match on it. */
export const REASONS = [
  /** The process ended with a status other than 0. */
  'NonZeroExit',
  /** The engine refused to start the task: no such image, bad mount, invalid spec. */
  'Rejected',
  /** A service with the attempt's name exists and is not ours. */
  'NameConflict',
  /** The task's node is down or has left the swarm. */
  'NodeLost',
  /** The service vanished without Swarmer removing it. */
  'ServiceRemoved',
  /** The swarm stopped the task: its node was drained, or its placement no longer holds. */
  'TaskStopped',
  /** Every task succeeded. */
  'TasksSucceeded',
  /** At least one task did not succeed. */
  'TasksFailed',
] as const;
export type Reason = (typeof REASONS)[number];

/** A statement about a job that was found true, in the shape Kubernetes uses. */
export interface Condition {
  type: 'Complete' | 'Failed';
  status: 'True';
  reason: Reason;
  message: string;
  /** Unix time in ms. */
  lastTransitionTime: number;
}
