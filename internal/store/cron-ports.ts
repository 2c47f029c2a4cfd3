import type { CronJob, CronJobSpec, JobEvent, TimelineEntry } from '../apis/index.ts';
import type { Fence } from './controller-ports.ts';
import type { Sibling } from './cron-codec.ts';
import type { LastApplied, Page, StoredMeta, Submission } from './ports.ts';

/** A cron job with what its controller goes by. */
export interface CronJobRecord {
  cron: CronJob;
  /** Its jobs, oldest first; those that were removed are left out. */
  siblings: readonly Sibling[];
  /** How often users have changed it. */
  edits: number;
  /** Grows whenever it is to be planned anew. */
  pokes: number;
  /** Unix ms up to which no tick is run. */
  effectiveFrom?: number;
  /** The tick for which its jobs were cancelled (Unix ms). */
  replacing?: number;
}

/** What is to be stored of a cron job. */
export interface CronJobWrite {
  uid: string;
  /** How often it had been edited when this was decided; absent for a new one. */
  edits?: number;
  /** Resource version that it must have. */
  version?: number;
  spec: CronJobSpec;
  meta: StoredMeta;
  applied: LastApplied;
  /** Ticks that were due before now are never run. */
  fromNow: boolean;
}

/** Reads and writes cron jobs. Part of what the API may do. */
export interface CronJobStore {
  findCronJob(namespace: string, name: string): Promise<string | undefined>;
  getCronJob(uid: string): Promise<CronJobRecord | undefined>;
  listCronJobs(page: Page): Promise<{ crons: CronJob[]; next?: string }>;
  lastAppliedCron(uid: string): Promise<LastApplied | undefined>;
  /** @throws StoreError `NameTaken`, `NotFound`, `Conflict`, `VersionMismatch`. */
  putCronJob(write: CronJobWrite): Promise<void>;
  /** Removes it; its jobs follow. @throws StoreError `NotFound`. */
  deleteCronJob(uid: string): Promise<void>;
  readCronEvents(uid: string, after: string, limit: number): Promise<TimelineEntry[]>;
}

/** What came of a tick. */
export interface TickDecision {
  tick: number;
  event: JobEvent;
  /** Recorded in place of `event` when a job of that name is there already. */
  otherwise?: JobEvent;
  /** Recorded in place of `event` when the quota of the namespace has no room for the job. */
  over?: JobEvent;
  /** The job to start; absent for a tick that is skipped. */
  job?: Submission & { meta: StoredMeta };
}

/** What the controller has to do with cron jobs. */
export interface CronWork {
  /** Uids of those that are to be planned. */
  due: string[];
  /** When the first of all cron jobs is to be planned (Unix ms). */
  nextAt?: number;
  /**
   * Some of those that were removed: which of their jobs are gone, and which are not being removed yet;
   * not all of them at once.
   */
  removed: RemovedCronJob[];
}

/** What the controller may do with cron jobs. Every write is fenced. */
export interface CronControllerStore {
  /** What there is to do by `now` (Unix ms), of cron jobs that are due `limit` at most. */
  cronWork(now: number, limit: number): Promise<CronWork>;
  loadCronJob(uid: string): Promise<CronJobRecord | undefined>;
  /**
   * Records a tick as decided, and starts its job, in one step.
   * @throws StoreError `Conflict` when the cron job or its last tick is not the one of the record.
   */
  fireCronJob(fence: Fence, seen: CronJobRecord, decision: TickDecision): Promise<void>;
  /**
   * Notes when to plan again (Unix ms), unless it was poked meanwhile; never without `at`.
   * @param replacing the tick for which its jobs were cancelled, which was decided in time.
   */
  scheduleCronJob(
    fence: Fence,
    seen: CronJobRecord,
    at: number | undefined,
    replacing?: number,
  ): Promise<void>;
  /** Forgets jobs of a removed cron job that are gone, and the cron job with the last of them. */
  forgetCronJob(fence: Fence, uid: string, gone: readonly string[]): Promise<void>;
}

/** A cron job that was removed, with uids of its jobs. */
export interface RemovedCronJob {
  uid: string;
  gone: string[];
  jobs: string[];
}
