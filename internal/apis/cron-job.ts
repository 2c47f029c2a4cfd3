import type { JobSpec, ObjectMeta, TaskSpec } from './job.ts';

export const CONCURRENCY_POLICIES = ['Allow', 'Forbid', 'Replace'] as const;
/**
 * What becomes of a tick while a job of an earlier one runs.
 * - `Allow`: it starts beside it.
 * - `Forbid`: it is skipped.
 * - `Replace`: the earlier one is cancelled.
 */
export type ConcurrencyPolicy = (typeof CONCURRENCY_POLICIES)[number];

/** A job as it is made at every tick. */
export interface JobTemplate {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  spec: JobSpec;
  tasks: TaskSpec[];
}

/** What a user asks for: a job at every tick of a schedule. */
export interface CronJobSpec {
  /** In the form of crontab(5), or `@daily` and its like. */
  schedule: string;
  /** IANA name of the zone that the schedule is read in. */
  timeZone: string;
  concurrencyPolicy: ConcurrencyPolicy;
  /** Seconds after its time within which a tick that was missed is still started. */
  startingDeadlineSeconds?: number;
  /** While true nothing is started. */
  suspend?: boolean;
  /** Jobs that are kept of those that completed; older ones are removed. */
  successfulJobsHistoryLimit: number;
  /** Jobs that are kept of those that did not. */
  failedJobsHistoryLimit: number;
  jobTemplate: JobTemplate;
}

/** What the controller found out about a cron job. */
export interface CronJobStatus {
  /** Unix ms of the last tick that was decided: started, or skipped. */
  lastScheduleTime?: number;
  /** Unix ms at which the last of its jobs to complete did. */
  lastSuccessfulTime?: number;
  /** Its jobs that are not finished. */
  active: { name: string; uid: string }[];
}

export interface CronJobMetadata extends ObjectMeta {
  uid: string;
  /** Unix time in ms. */
  creationTimestamp: number;
  resourceVersion: number;
}

/** A cron job as the store holds it. */
export interface CronJob {
  metadata: CronJobMetadata;
  spec: CronJobSpec;
  status: CronJobStatus;
}
