import type {
  AttemptRecord,
  Job,
  JobSpec,
  Report,
  ReportSummary,
  Settlement,
  TaskResult,
  TaskSpec,
} from '../apis/index.ts';

/** A task with its result, as the API and the callback show it. */
export interface TaskView {
  index: number;
  spec: TaskSpec;
  /** Number of the current attempt; absent before the first one. */
  attempt?: number;
  /** Present once the task is counted; never changes after. */
  result?: TaskResult;
  /** Present with `result`. */
  stdout?: Buffer;
  /** Present with `result`. */
  stderr?: Buffer;
}

/** Reads jobs. Part of what the API may do. */
export interface JobReader {
  getJob(uid: string): Promise<Job | undefined>;
  /** Tasks `from` … `from + limit - 1` in submission order; shorter at the end. */
  readTasks(uid: string, from: number, limit: number): Promise<TaskView[]>;
}

/** A client's own key for a submission: the same key and body again give the same job. */
export interface Idempotency {
  /** The key, prefixed with who sent it. */
  key: string;
  /** SHA-256 of the request body. */
  digest: string;
}

export interface Submission {
  uid: string;
  spec: JobSpec;
  tasks: TaskSpec[];
  idempotency?: Idempotency;
}

/** Writes desired specs. Part of what the API may do. */
export interface SpecWriter {
  /**
   * Stores a job and its first tasks, all or nothing.
   * @returns the uid of the job: that of an earlier submission when the idempotency key is known.
   * @throws StoreError `IdempotencyConflict` when the key is known with another body.
   */
  submitJob(submission: Submission): Promise<string>;
  /**
   * Appends tasks, all or none.
   * @throws StoreError `NotFound`, `Finished`, or `DuplicateTask` with the names in `details`.
   */
  addTasks(uid: string, tasks: TaskSpec[]): Promise<void>;
}

/** Writes what tasks report of themselves. Part of what the API may do. */
export interface ReportWriter {
  /**
   * Stores the report of a current attempt. The same report again is success.
   * @throws StoreError `NotFound`, `Superseded` when the attempt is not current or is judged
   *   already, `ReportConflict` when another report of that attempt stands, `TaskMismatch` when
   *   `taskName` is not the attempt's task.
   */
  storeReport(report: Report, taskName: string): Promise<void>;
  /** The key that report tokens are made with. */
  reportKey(): Promise<Buffer>;
}

/** A callback that is to be delivered. */
export interface OutboxEntry {
  jobUid: string;
  url: string;
  /** Tries so far. */
  attempts: number;
}

/** What came of one try to deliver. Times in ms of Unix time. */
export type DeliveryResult =
  | { kind: 'delivered'; status: number; at: number }
  | { kind: 'retry'; error: string; status?: number; at: number; nextAt: number }
  | { kind: 'dead'; error: string; status?: number; at: number };

/** The callbacks that are due. Writes are fenced. */
export interface OutboxStore {
  /** Entries due at `now` (Unix ms), the oldest first, at most `limit`. */
  dueCallbacks(now: number, limit: number): Promise<OutboxEntry[]>;
  /** When the next entry falls due (Unix ms); undefined when there is none. */
  nextCallbackAt(): Promise<number | undefined>;
  recordDelivery(fence: Fence, jobUid: string, result: DeliveryResult): Promise<void>;
}

/** Proof of leadership that every status write carries; an older one is refused. */
export interface Fence {
  token: number;
}

/** The lease record. Only its change over time means anything, never its age by a wall clock. */
export interface LeaseRecord {
  holder: string;
  token: number;
  /** Grows with every renewal. */
  beat: number;
}

export interface LeaseStore {
  readLease(): Promise<LeaseRecord>;
  /** Takes the lease if it still is `seen`. Returns the fence, or undefined when it changed. */
  acquireLease(holder: string, seen: LeaseRecord): Promise<Fence | undefined>;
  /** False when the lease is no longer the holder's. */
  renewLease(holder: string, fence: Fence): Promise<boolean>;
  releaseLease(holder: string, fence: Fence): Promise<void>;
}

/** One task's current attempt with what the store knows of it. */
export interface CurrentAttempt {
  index: number;
  record: AttemptRecord;
  report?: ReportSummary;
}

/** What one reconcile reads of a job, in one transaction. */
export interface JobState {
  job: Job;
  attempts: CurrentAttempt[];
  /** Tasks that could start now: unclaimed ones, and waiting ones whose time has come. */
  runnable: number;
  /** When the next waiting task may start (Unix ms). */
  nextRetryAt?: number;
}

export interface ClaimedTask {
  index: number;
  record: AttemptRecord;
}

/**
 * What the controller may do. Every write is fenced and compares the attempt's record with the one
 * it was decided on: `Fenced` and `Conflict` mean that somebody else has acted, so look again.
 */
export interface ControllerStore {
  /** Identity of this store, made at its first start. */
  storeId(): Promise<string>;
  reportKey(): Promise<Buffer>;
  activeJobs(): Promise<string[]>;
  loadJob(uid: string, now: number): Promise<JobState | undefined>;
  readTask(uid: string, index: number): Promise<TaskSpec>;
  /** Claims up to `limit` runnable tasks, never more than `maxConcurrent` over all jobs. */
  claimTasks(
    fence: Fence,
    uid: string,
    claim: { limit: number; maxConcurrent: number; now: number },
  ): Promise<ClaimedTask[]>;
  /** Replaces an attempt's record by a later stage of itself. */
  advanceAttempt(
    fence: Fence,
    uid: string,
    index: number,
    change: { from: AttemptRecord; to: AttemptRecord },
  ): Promise<void>;
  /**
   * Stores the verdict of an attempt, the first one for good.
   * @throws StoreError `Conflict` also when a report has arrived that the verdict does not know.
   */
  recordVerdict(
    fence: Fence,
    uid: string,
    index: number,
    change: { from: AttemptRecord; to: AttemptRecord },
  ): Promise<void>;
  /** Stores a task's output with the record that says so. */
  storeOutput(
    fence: Fence,
    uid: string,
    index: number,
    change: { from: AttemptRecord; to: AttemptRecord; stdout: Buffer; stderr: Buffer },
  ): Promise<void>;
  /** Ends an attempt's record: counts the task, or readies its next attempt. */
  settleAttempt(
    fence: Fence,
    uid: string,
    index: number,
    change: { from: AttemptRecord; settlement: Settlement },
  ): Promise<void>;
  /**
   * Finishes a job whose tasks are all counted and puts its callback in the outbox, in one step.
   * @returns false when tasks were added meanwhile.
   */
  completeJob(fence: Fence, uid: string, now: number): Promise<boolean>;
  /** Attempts that are current at this moment; the rest of the swarm's services are orphans. */
  isCurrent(uid: string, index: number, attempt: number): Promise<boolean>;
}

/** Where a controller hears that the API has written something. */
export interface ChangeSource {
  /** Waits for jobs that changed after `cursor`, at most `blockMs`. Only a hint. */
  readChanges(cursor: string, blockMs: number): Promise<{ cursor: string; uids: string[] }>;
  /** The change stream's present end. */
  changesEnd(): Promise<string>;
}
