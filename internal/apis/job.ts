import type { Condition, JobPhase, Reason } from './conditions.ts';
import type {
  CompletionPolicy,
  FailureRule,
  OnNodeLost,
  RetryBackoff,
  SuccessPolicy,
} from './policy.ts';
import type { GenericResource, TaskTemplate } from './template.ts';

/** What a user asks for: one image, run once per task. Owned by users; the controller never writes it. */
export interface JobSpec extends TaskTemplate {
  /** Image reference as the engine takes it, for example `alpine:3.20`. */
  image: string;
  /** Name of a credential of the operator, for the image's registry. */
  registryCredential?: string;
  /** Replaces the image's ENTRYPOINT. */
  command?: string[];
  /** Arguments of every task that has none of its own. */
  args?: string[];
  /** Environment of every task; ours and the task's own come on top. */
  env?: Record<string, string>;
  resources?: Resources;
  /** How many tasks were made of `command`, `args` and `env` by `$(INDEX)`; absent for listed ones. */
  completions?: number;
  /** Most tasks of this job that run at one time. */
  parallelism?: number;
  /** Jobs of a higher one get free slots first; 0 unless given. What runs is never stopped for it. */
  priority?: number;
  /** How often a task that failed is tried again. Loss never counts. */
  backoffLimit: number;
  /** How often an attempt that was lost (node down, service removed by hand) is replaced. */
  lossLimit: number;
  /** Bytes kept of each output stream of each task, counted from its end. */
  outputLimitBytes: number;
  callback?: CallbackSpec;
  /** Waits between attempts of a task that failed; `DEFAULT_RETRY_BACKOFF` unless given. */
  retryBackoff?: RetryBackoff;
  /** Seconds from the job's start after which it fails, whatever still runs; none pass while it is suspended. */
  activeDeadlineSeconds?: number;
  /** Seconds that the process of one attempt may run. */
  timeoutSeconds?: number;
  /** Seconds that an attempt may wait for its process to be started. */
  startDeadlineSeconds?: number;
  failurePolicy?: FailureRule[];
  /** The job fails as soon as more tasks than this have failed. */
  maxFailedTasks?: number;
  successPolicy?: SuccessPolicy;
  /** `replace` unless given. */
  onNodeLost?: OnNodeLost;
  /** Seconds that a node must have been down before its attempts count as lost; 0 unless given. */
  lostAfterSeconds?: number;
  /** `both` unless given. */
  completionPolicy?: CompletionPolicy;
  /** Seconds from SIGTERM to SIGKILL when an attempt is stopped; the engine's 10 unless given. */
  terminationGracePeriodSeconds?: number;
  /** Seconds from the end of the job to its removal; kept for ever unless given. */
  ttlSecondsAfterFinished?: number;
  /** While true no task is started, and the deadline does not come nearer; tasks that run go on. */
  suspend?: boolean;
  /** True once somebody has asked for the job's end. */
  cancel?: boolean;
}

/** Where the result goes when the job has finished. */
export interface CallbackSpec {
  url: string;
}

/** One entry of a job. Its identity is (job uid, index); its name is unique within the job. */
export interface TaskSpec {
  name: string;
  args: string[];
  /** Instead of the job's. */
  command?: string[];
  /** On top of the job's. */
  env?: Record<string, string>;
  /** Instead of the job's. */
  resources?: Resources;
  /** Instead of the job's. */
  timeoutSeconds?: number;
}

/** What an attempt gets of its node. In Docker's words; see `quantity.ts` for the units. */
export interface Resources {
  /** The most that it may use. */
  limits?: Limits | undefined;
  /** What its node must have free. */
  reservations?: Reservations | undefined;
}

export interface Limits extends Amounts {
  /** Most processes and threads at one time. */
  pids?: number | undefined;
}

export interface Reservations extends Amounts {
  genericResources?: GenericResource[] | undefined;
}

export interface Amounts {
  /** Processors, for example 0.5 or "0.5". */
  cpus?: number | string | undefined;
  /** Bytes, or with a unit, for example "512m". */
  memory?: number | string | undefined;
}

/** What users name and sort objects by. */
export interface ObjectMeta {
  namespace: string;
  /** Unique among the objects of its kind in the namespace. */
  name: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** The cron job that made a job. */
export interface OwnerReference {
  kind: 'CronJob';
  name: string;
  uid: string;
}

/** Who the job is. `uid` is a ULID, so jobs sort by the time they were accepted. */
export interface JobMetadata extends ObjectMeta {
  uid: string;
  /** Unix time in ms. */
  creationTimestamp: number;
  /** Grows with every change that can be seen, over all objects of the store. */
  resourceVersion: number;
  ownerReference?: OwnerReference;
  /** Unix time in ms at which its removal was asked for. */
  deletionTimestamp?: number;
  /** 1, and one more each time that its failed tasks were made to run again. */
  generation?: number;
}

/** Counts of a job's tasks. `total = pending + active + succeeded + failed + cancelled`. */
export interface TaskCounts {
  total: number;
  /** Tasks that were never claimed, or wait for their next attempt. */
  pending: number;
  /** Tasks with a current attempt. */
  active: number;
  succeeded: number;
  failed: number;
  /** Tasks that were stopped, or never started, because the job ended before them. */
  cancelled: number;
}

/** The image as the engine is asked for it. */
export interface JobImage {
  reference: string;
  /** True when it has a digest, so that every attempt runs the same bytes. */
  pinned: boolean;
}

/** Why a job ends before all its tasks have: decided once, then carried out. */
export interface JobEnding {
  phase: 'Complete' | 'Failed' | 'Cancelled';
  reason: Reason;
  message: string;
}

/** What the controller found out. Owned by the controller; every write is fenced. */
export interface JobStatus {
  phase: JobPhase;
  counts: TaskCounts;
  conditions: Condition[];
  /**
   * Unix time in ms at which the controller took the job up; only kept where a deadline needs it. One that
   * was created suspended is taken up once it is resumed.
   */
  startTime?: number;
  /** Unix time in ms since when it is suspended: the clock of its deadline stands. */
  suspendedAt?: number;
  /** Ms for which that clock has stood before, since `startTime`. */
  suspendedMs?: number;
  /** Uid of the job that had its name and is being removed: nothing of this one starts before that has ended. */
  predecessor?: string;
  /** Tasks that had failed when others of the job were retried: `maxFailedTasks` is not for them. */
  failedBefore?: number;
  /** What its attempts run; absent before the first. */
  image?: JobImage;
  /** Present from the decision to end the job early. */
  ending?: JobEnding;
  /** Unix time in ms at which the job's last task was counted. */
  finishedAt?: number;
}

/** A job as the store holds it, without its tasks: those are read by page. */
export interface Job {
  metadata: JobMetadata;
  spec: JobSpec;
  status: JobStatus;
}
