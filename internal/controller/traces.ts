import type { AttemptId, AttemptRecord, Job, JobMetadata } from '../apis/index.ts';

/** What of a job says which trace it belongs to. */
export type TracedJob = Pick<JobMetadata, 'uid' | 'annotations' | 'generation'>;

/** What the controller tells of the traces that jobs belong to. Calls are cheap and must not throw. */
export interface ControllerTraces {
  /** The `traceparent` that an attempt is given; undefined when its job belongs to no trace. */
  traceparent(job: TracedJob, id: AttemptId): string | undefined;
  /** An attempt is over. @param now Unix ms */
  attemptSettled(job: TracedJob, id: AttemptId, record: AttemptRecord, now: number): void;
  /** Whether the end of a job is to be told: it has to be read once more for that. */
  wants(job: TracedJob): boolean;
  jobFinished(job: Job): void;
}

/** For whoever does not trace. */
export const UNTRACED: ControllerTraces = {
  traceparent: () => undefined,
  attemptSettled() {},
  wants: () => false,
  jobFinished() {},
};
