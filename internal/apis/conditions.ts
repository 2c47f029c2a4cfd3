/** A job is Running from its acceptance until its last task is counted. */
export const JOB_PHASES = ['Running', 'Complete', 'Failed', 'Cancelled'] as const;
export type JobPhase = (typeof JOB_PHASES)[number];

/** True when nothing about the job can change any more. */
export function isFinished(phase: JobPhase): boolean {
  return phase !== 'Running';
}

/** Why a task, an attempt or a job is as it is. One list, so that programs can match on it. */
export const REASONS = [
  /** The process ended with a status other than 0. */
  'NonZeroExit',
  /** The kernel killed its process, as it went beyond its memory limit. A rule for `NonZeroExit` holds for it too. */
  'OOMKilled',
  /** The engine refused to start the task: no such image, bad mount, invalid spec. */
  'Rejected',
  /** The operator's policy does not allow what the task asks for. */
  'PolicyDenied',
  /** The registry refuses the credential, or the job asks for one that it cannot have. */
  'RegistryDenied',
  /** The image could not be pulled for now: the registry was busy, or away. Tried again. */
  'RegistryUnavailable',
  /** The node could not pull an image that its registry has. Tried again a few times. */
  'PullFailed',
  /** A service with the attempt's name exists and is not ours. */
  'NameConflict',
  /** The task's node is down or has left the swarm. */
  'NodeLost',
  /** The engine of its node was restarted, which ended its container. */
  'EngineRestarted',
  /** Its node could not start it: no network, no room on the disk, no runtime. Tried again, and elsewhere. */
  'NodeFault',
  /** The service vanished without Swarmer removing it. */
  'ServiceRemoved',
  /** The swarm was left and made anew, and its services went with it. */
  'SwarmReplaced',
  /** The swarm stopped the task: its node was drained, or its placement no longer holds. */
  'TaskStopped',
  /** Its service was kept from nodes that can take it now, and no other could: it is created anew. */
  'PlacementOutdated',
  /** No node suits it, and another attempt of its job waits for one: it was taken back unattempted. */
  'Unplaced',
  /** Its report says that its command ended without an exit status: by a signal, or never started. */
  'NoExitStatus',
  /** Its process ended with 0 without the report that was due, or with one that had to be refused. */
  'NoReport',
  /** Its container outlived the removal of its service by more than a minute, and was left behind. */
  'ContainerStuck',
  /** Its process ran longer than `timeoutSeconds`. */
  'Timeout',
  /** Its process was not started within `startDeadlineSeconds`. */
  'StartDeadlineExceeded',
  /** Somebody asked for the end of the job. */
  'CancelRequested',
  /** The job took longer than `activeDeadlineSeconds`. */
  'DeadlineExceeded',
  /** More tasks failed than `maxFailedTasks`. */
  'MaxFailedTasksExceeded',
  /** A rule of the failure policy ended the job. */
  'FailurePolicy',
  /** As many tasks succeeded as the success policy asks for. */
  'SuccessPolicy',
  /** Every task succeeded. */
  'TasksSucceeded',
  /** At least one task did not succeed. */
  'TasksFailed',
] as const;
export type Reason = (typeof REASONS)[number];

/** A statement about a job that was found true, in the shape Kubernetes uses. */
export interface Condition {
  type: 'Complete' | 'Failed' | 'Cancelled';
  status: 'True';
  reason: Reason;
  message: string;
  /** Unix time in ms. */
  lastTransitionTime: number;
}
