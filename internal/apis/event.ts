/** What can happen to a job, a task's attempt or a callback, for the timeline that users read. */
export const EVENT_TYPES = [
  'Accepted',
  'TasksAdded',
  /** Somebody applied a changed manifest. */
  'Configured',
  'CancelRequested',
  'Suspended',
  'Resumed',
  'RetryRequested',
  /** The registry has told which bytes the image stands for: all attempts run them. */
  'ImageResolved',
  /** It has not: each attempt runs what its node finds under the tag. */
  'ImageByTag',
  /** The service of an attempt exists. */
  'Created',
  /** Swarm does not start the attempt for now; the message says why. */
  'Pending',
  'Running',
  'Reported',
  /** A report came that says nothing to rely on, is of an attempt that is over, or differs from the first. */
  'ReportRefused',
  'NodeDown',
  /** The engine belongs to another swarm than before: what was in that one is lost. */
  'SwarmReplaced',
  'Succeeded',
  'Failed',
  'Rejected',
  'Lost',
  'TimedOut',
  'Cancelled',
  /** The engine does not get rid of the attempt's container: it is left behind, and its slot is free. */
  'ContainerStuck',
  /** A failed task waits for its next attempt. */
  'Retrying',
  /** A lost attempt is replaced. */
  'Replaced',
  /** The job ends before all its tasks have. */
  'Ending',
  'Finished',
  'CallbackDelivered',
  'CallbackFailed',
  'CallbackGivenUp',
  /** A record of the job cannot be read. */
  'Quarantined',
  /** The store was put back to a backup, in which the job was not finished. */
  'Restored',
  /** A cron job has made the job of a tick. */
  'JobStarted',
  /** A tick of a cron job is not run. */
  'TickSkipped',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** One entry of a job's timeline, as it is written. */
export interface JobEvent {
  type: EventType;
  /** Position of the task, for what concerns one. */
  index?: number;
  attempt?: number;
  reason?: string;
  message?: string;
  /** Swarm id of the node. */
  node?: string;
  /** Exit status, or HTTP status of a callback's answer. */
  status?: number;
}

/** An entry as it is read. */
export interface TimelineEntry extends JobEvent {
  /** Its place in the timeline; later ones are greater. */
  id: string;
  /** Unix time in ms, by the clock of the store. */
  at: number;
}

/** Entries kept of each job, about; older ones go. */
export const TIMELINE_LENGTH = 1000;

/** Where the callback of a finished job stands. */
export const CALLBACK_STATES = ['pending', 'delivered', 'dead'] as const;
