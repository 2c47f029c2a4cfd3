import type { Answer } from '../apis/answers/index.ts';

/*
 * What the API answers. These are the types of the schemas that the OpenAPI document is made of: what may
 * be null or absent there may be so here. Types alone; nothing of the schemas is in the program.
 */

export type Job = Answer<'Job'>;
export type JobRetried = Answer<'JobRetried'>;
export type JobStatus = Answer<'JobStatus'>;
export type Counts = JobStatus['counts'];
export type Condition = JobStatus['conditions'][number];
export type CronJob = Answer<'CronJob'>;
export type Metadata = Answer<'ObjectMetadata'>;
export type Task = Answer<'Task'>;
export type TaskWithAttempts = Answer<'TaskWithAttempts'>;
export type Attempt = TaskWithAttempts['attemptHistory'][number];
export type TaskOutput = Answer<'TaskOutput'>;
export type LogAttempt = Answer<'LogAttempt'>;
export type LogPending = Answer<'LogPending'>;
export type LogOutput = Answer<'LogOutput'>;
/** The last event of a task's log: how the task ended. */
export type TaskEnd = Answer<'LogEnd'>;
export type Timeline = Answer<'Timeline'>;
export type TimelineEvent = Answer<'TimelineEntry'>;
/** The callback of one job, with the log of its tries. */
export type CallbackDetails = Answer<'Callback'>;
export type Callback = Answer<'CallbackList'>['items'][number];
export type ClusterNode = Answer<'Node'>;
export type Cluster = Answer<'Cluster'>;
export type Caller = Answer<'Caller'>;
export type ServerVersion = Answer<'Version'>;

/** What became of an object that was applied. */
export type Applied = Omit<Answer<'JobApplied'>, 'object' | 'before'> & {
  object: Resource;
  before?: Resource;
};
export type FieldChange = Answer<'FieldChange'>;
export type Problem = Answer<'Problem'>;

/** An object of any kind. */
export type Resource = Job | CronJob;

/** A page of a list. */
export interface List<T> {
  metadata: Partial<Answer<'ListMetadata'>>;
  items: T[];
}

/** A change of an object. */
export interface Change<T> {
  type: Answer<'JobChange'>['type'];
  object: T;
}

/** `data` of an event of a watched list. */
export type WatchEvent<T> = Change<T> | Answer<'Bookmark'>;
