import type { Condition, JobPhase } from './conditions.ts';

/** What a user asks for: one image, run once per task. Owned by users; the controller never writes it. */
export interface JobSpec {
  /** Image reference as the engine takes it, for example `alpine:3.20`. */
  image: string;
  /** Replaces the image's ENTRYPOINT. */
  command?: string[];
  /** Most tasks of this job that run at one time. */
  parallelism?: number;
  /** How often a task that failed is tried again. Loss never counts. */
  backoffLimit: number;
  /** How often an attempt that was lost (node down, service removed by hand) is replaced. */
  lossLimit: number;
  /** Bytes kept of each output stream of each task, counted from its end. */
  outputLimitBytes: number;
  callback?: CallbackSpec;
}

/** Where the result goes when the job has finished. */
export interface CallbackSpec {
  url: string;
}

/** One entry of a job. Its identity is (job uid, index); its name is unique within the job. */
export interface TaskSpec {
  name: string;
  args: string[];
}

/** Who the job is. `uid` is a ULID, so jobs sort by the time they were accepted. */
export interface JobMetadata {
  uid: string;
  /** Unix time in ms. */
  creationTimestamp: number;
}

/** Counts of a job's tasks. `total = pending + active + succeeded + failed`. */
export interface TaskCounts {
  total: number;
  /** Tasks that were never claimed, or wait for their next attempt. */
  pending: number;
  /** Tasks with a current attempt. */
  active: number;
  succeeded: number;
  failed: number;
}

/** What the controller found out. Owned by the controller; every write is fenced. */
export interface JobStatus {
  phase: JobPhase;
  counts: TaskCounts;
  conditions: Condition[];
  /** Unix time in ms at which the job's last task was counted. */
  finishedAt?: number;
}

/** A job as the store holds it, without its tasks: those are read by page. */
export interface Job {
  metadata: JobMetadata;
  spec: JobSpec;
  status: JobStatus;
}
