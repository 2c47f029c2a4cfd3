import type { AttemptRecord, Evidence, Job, ReportSummary } from '../apis/index.ts';

/** A task's current attempt: its record, what it reported, and what the swarm shows of it. */
export interface AttemptView {
  index: number;
  record: AttemptRecord;
  evidence: Evidence;
  report?: ReportSummary;
  /** How long the controller has known the report, in ms of its monotonic clock. */
  reportAgeMs?: number;
}

/**
 * Everything the planner may know of one job. The reports were read after the evidence was, so a
 * report that is not here had not been stored when the evidence was taken.
 */
export interface Snapshot {
  /** Unix time in ms. */
  now: number;
  job: Job;
  attempts: readonly AttemptView[];
  /** Tasks that could start now. */
  runnable: number;
  /** When the next waiting task may start (Unix ms). */
  nextRetryAt?: number;
  /** How many tasks this job may start now, out of what all jobs share. */
  slots: number;
  /** Tasks whose earlier actions are still being carried out; nothing is planned for them. */
  busy: ReadonlySet<number>;
}
