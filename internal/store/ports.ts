import type {
  AttemptId,
  Job,
  JobSpec,
  Quotas,
  Report,
  ReportRefusal,
  TaskResult,
  TaskSpec,
  TimelineEntry,
} from '../apis/index.ts';
import type { StoredMeta } from './codec.ts';
import type { CallbackView } from './outbox-ports.ts';
import type { NamespaceQuota } from './quota-text.ts';

export * from './backlog-ports.ts';
export * from './catalog-ports.ts';
export type { StoredMeta } from './codec.ts';
export * from './controller-ports.ts';
export * from './cron-ports.ts';
export * from './log-ports.ts';
export * from './operator-ports.ts';
export * from './outbox-ports.ts';
export type { NamespaceQuota } from './quota-text.ts';

/** A task with its result, as the API and the callback show it. */
export interface TaskView {
  index: number;
  spec: TaskSpec;
  /** Number of the current attempt; absent before the first one. */
  attempt?: number;
  /** Attempts so far, the current one included, where that is not its number. */
  attempts?: number;
  /** Present while the task waits for its next attempt, and for ever when its job ended meanwhile. */
  waiting?: WaitingTask;
  /** Present once the task is counted; never changes after. */
  result?: TaskResult;
  /** Present with `result`, and of a task that waits with what its last attempt came to. */
  stdout?: Buffer;
  /** As `stdout`. */
  stderr?: Buffer;
}

/** How far a task has come that waits for its next attempt. */
export interface WaitingTask {
  /** Attempts so far. */
  attempts: number;
  /** Number of the last one, where that is not how many there were. */
  number?: number;
  losses: number;
  /** What they came to. Absent where a version that did not keep it has written the record. */
  last?: TaskResult;
}

/** Reads jobs. Part of what the API may do. */
export interface JobReader {
  getJob(uid: string): Promise<Job | undefined>;
  /**
   * Tasks `from` … `from + limit - 1` in submission order; shorter at the end. A page of more than 16 is also
   * shorter, by all but one at most, where the outputs would come to more than about 32 MiB.
   */
  readTasks(uid: string, from: number, limit: number): Promise<TaskView[]>;
}

/** Tells whose a job is, at the cost of one small read. Part of what the API may do. */
export interface JobNames {
  /** Namespace and name of a job; undefined when there is none. */
  nameOf(uid: string): Promise<StoredMeta | undefined>;
}

/** Reads what happened to jobs. Part of what the API may do. */
export interface TimelineReader {
  /** Entries of a job's timeline after the one with that id ('' for the first), oldest first. */
  readEvents(uid: string, after: string, limit: number): Promise<TimelineEntry[]>;
  /** The callback of a job with the log of its tries; undefined before it was enqueued. */
  readCallback(uid: string): Promise<CallbackView | undefined>;
}

/** A client's own key for a submission: the same key and body again give the same job. */
export interface Idempotency {
  /** The key, prefixed with who sent it, by which route and to which namespace. */
  key: string;
  /** As the version before had it, by its caller alone; looked at too, while it remembers. */
  formerKey?: string;
  /** SHA-256 of the request body. */
  digest: string;
}

/** What was last applied to an object: it tells what its user has taken away since. */
export interface LastApplied {
  /** Members of `spec` that were given, without its tasks. */
  spec: Record<string, unknown>;
  /** How many tasks were listed. */
  tasks: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface Submission {
  uid: string;
  /** Its own uid in the namespace `default` unless given. */
  meta?: StoredMeta;
  applied?: LastApplied;
  spec: JobSpec;
  tasks: TaskSpec[];
  idempotency?: Idempotency;
  /** Of its namespace. */
  quotas?: Quotas;
}

/** What an apply comes to. */
export interface AppliedChange {
  /** How often the job had been edited when this was decided. */
  edits: number;
  /** Resource version that the job must have. */
  version?: number;
  spec: JobSpec;
  meta: StoredMeta;
  applied: LastApplied;
  /** Tasks to append. */
  tasks: TaskSpec[];
  /** Given only where this changes it: a verb may have set it since the job was read. */
  suspend?: boolean;
  /** Of its namespace. */
  quotas?: Quotas;
}

/** Writes what was applied. Part of what the API may do. */
export interface JobApplier {
  /**
   * Replaces what users want of a job, and appends tasks, all or nothing.
   * @throws StoreError `NotFound`, `Conflict` when somebody else has applied since `edits` was read,
   *   `VersionMismatch`, `Finished` with tasks, `DuplicateTask`, `QuotaExceeded`.
   */
  applyJob(uid: string, change: AppliedChange): Promise<void>;
}

/** Writes desired specs. Part of what the API may do. */
export interface SpecWriter {
  /**
   * Stores a job and its first tasks, all or nothing.
   * @returns the uid of the job: that of an earlier submission when the idempotency key is known.
   * @throws StoreError `IdempotencyConflict` when the key is known with another body, `NameTaken` with
   *   the uid of the job that has the name, `QuotaExceeded` with the namespace, then name of the
   *   limit, used, asked and limit of each that would be exceeded.
   */
  submitJob(submission: Submission): Promise<string>;
  /**
   * Appends tasks, all or none.
   * @throws StoreError `NotFound`, `Finished`, `DuplicateTask` with the names in `details`, or
   *   `QuotaExceeded`.
   */
  addTasks(uid: string, tasks: TaskSpec[], quota?: NamespaceQuota): Promise<void>;
  /**
   * Asks for the end of a job.
   * @throws StoreError `NotFound`, `Finished`.
   */
  cancelJob(uid: string): Promise<void>;
  /**
   * Holds a job up, or lets it go on.
   * @throws StoreError `NotFound`, `Finished`.
   */
  suspendJob(uid: string, suspend: boolean): Promise<void>;
  /**
   * Asks for the removal of a job; one that is not finished is cancelled first. No callback is sent.
   * @throws StoreError `NotFound`.
   */
  deleteJob(uid: string): Promise<void>;
  /**
   * Makes the tasks of a finished job that did not succeed run again.
   * @param tasks indices of those that shall, all or none; all that did not succeed unless given.
   * @returns how many they are.
   * @throws StoreError `NotFound`, `Running`, `NothingToRetry` with the indices of those among `tasks`
   *   that have succeeded, `QuotaExceeded`.
   */
  retryFailed(uid: string, quota?: NamespaceQuota, tasks?: readonly number[]): Promise<number>;
  /**
   * Has the callback of a finished job sent once more: the same message.
   * @throws StoreError `NotFound`, `Running`, `NoCallback`.
   */
  redeliver(uid: string): Promise<void>;
}

/** Writes what tasks report of themselves. Part of what the API may do. */
export interface ReportWriter {
  /**
   * Whether a report of this attempt can be taken, as it stands now: it is current and not judged, or has reported
   * before, and sends the same again.
   */
  awaitsReport(id: AttemptId): Promise<boolean>;
  /**
   * Stores the report of a current attempt. The same report again is success.
   * @param taskName as the report says; absent where it says nothing of that.
   * @throws StoreError `NotFound`, `Superseded` when the attempt is not current or is judged
   *   already, `ReportConflict` when another report of that attempt stands, `TaskMismatch` when
   *   `taskName` is not the attempt's task.
   */
  storeReport(report: Report, taskName?: string): Promise<void>;
  /**
   * Stores that a report of a current attempt had to be refused, and tells so in the job's timeline.
   * A further refusal, or the same, is success; a report that can be understood takes its place.
   * @throws StoreError as `storeReport`.
   */
  refuseReport(refusal: ReportRefusal): Promise<void>;
  /** The key that report tokens are made with. */
  reportKey(): Promise<Buffer>;
}
