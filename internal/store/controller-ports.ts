import type {
  AttemptRecord,
  ClusterReport,
  Job,
  JobEnding,
  JobEvent,
  NodeWish,
  ReportSummary,
  Settlement,
  SwarmIdentity,
  SwarmInventory,
  TaskSpec,
} from '../apis/index.ts';
import type { ForeignDecision } from './ports.ts';

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
  /** Left out where many large tasks were claimed at once: it is to be read. */
  task?: TaskSpec;
}

/** How many tasks are to become current, and how many may be. */
export interface TaskClaim {
  limit: number;
  maxConcurrent: number;
  ofNamespace?: { namespace: string; most: number };
  /** Unix ms. */
  now: number;
}

/**
 * What the controller may do. Every write is fenced and compares the attempt's record with the one
 * it was decided on: `Fenced` and `Conflict` mean that somebody else has acted, so look again.
 */
export interface ControllerStore {
  /** Identity of this store, made at its first start. */
  storeId(): Promise<string>;
  reportKey(): Promise<Buffer>;
  /** The swarm that was noted last. */
  readCluster(): Promise<SwarmIdentity | undefined>;
  /** Notes the swarm that services are in from now on. */
  noteCluster(fence: Fence, cluster: SwarmIdentity): Promise<void>;
  activeJobs(): Promise<string[]>;
  loadJob(uid: string, now: number): Promise<JobState | undefined>;
  readTask(uid: string, index: number): Promise<TaskSpec>;
  /**
   * Claims up to `limit` runnable tasks, never more than `maxConcurrent` over all jobs, nor more than a
   * namespace may have (Infinity for no limit).
   */
  claimTasks(fence: Fence, uid: string, claim: TaskClaim): Promise<ClaimedTask[]>;
  /** Replaces an attempt's record by a later stage of itself. */
  advanceAttempt(
    fence: Fence,
    uid: string,
    index: number,
    change: { from: AttemptRecord; to: AttemptRecord },
  ): Promise<void>;
  /** Has tasks of a job that were taken back unplaced be due now. */
  wakeReturned(fence: Fence, uid: string, now: number): Promise<void>;
  /**
   * Stores the verdict of an attempt, the first one for good.
   * @throws StoreError `Conflict` also when a report has arrived and `knowsReport` is not set; one that had to
   *   be refused is in the way of a success only.
   */
  recordVerdict(
    fence: Fence,
    uid: string,
    index: number,
    change: { from: AttemptRecord; to: AttemptRecord; knowsReport?: boolean },
  ): Promise<void>;
  /**
   * Stores a task's output with the record that says so, and with its verdict if that is not stored yet.
   * @throws StoreError `Conflict` as `recordVerdict` where it stores the verdict.
   */
  storeOutput(
    fence: Fence,
    uid: string,
    index: number,
    change: {
      from: AttemptRecord;
      to: AttemptRecord;
      stdout: Buffer;
      stderr: Buffer;
      knowsReport?: boolean;
    },
  ): Promise<void>;
  /** Ends an attempt's record: counts the task, or readies its next attempt. */
  settleAttempt(
    fence: Fence,
    uid: string,
    index: number,
    change: { from: AttemptRecord; settlement: Settlement },
  ): Promise<void>;
  /** Adds what was observed to the job's timeline. Not fenced: it decides nothing. */
  addEvent(uid: string, event: JobEvent): Promise<void>;
  /** Stores when the job was taken up (Unix ms), once. */
  startJob(fence: Fence, uid: string, now: number): Promise<void>;
  /**
   * Stores the reference with the digest that the job's image stands for.
   * @returns the reference that stands: the first one.
   */
  pinImage(fence: Fence, uid: string, reference: string): Promise<string>;
  /** Stores that the job runs its image by tag, and why, once. */
  noteByTag(fence: Fence, uid: string, why: string): Promise<void>;
  /** Stores that the job ends before all its tasks have, and why; the first reason stands. */
  endJob(fence: Fence, uid: string, ending: JobEnding): Promise<void>;
  /**
   * Finishes a job whose tasks are all counted, or that is ending and has no current attempt, and puts its callback in the outbox, in one step.
   * @returns false when tasks were added meanwhile.
   */
  completeJob(fence: Fence, uid: string, now: number): Promise<boolean>;
  /** Finished jobs whose time to be removed has come by `now` (Unix ms). */
  expiredJobs(now: number, limit: number): Promise<string[]>;
  /**
   * Removes a finished job with all that belongs to it if its time had come by `now` (Unix ms); one whose
   * callback waits is looked at again a minute later.
   */
  expireJob(fence: Fence, uid: string, now: number): Promise<void>;
  /** Sets a job aside whose record cannot be read; its services are left alone. */
  quarantineJob(fence: Fence, uid: string, message: string): Promise<void>;
  /**
   * Notes how many services of which other stores a complete look found, for the operator to read.
   * @returns what had been decided of stores of which nothing is left: it is done, and forgotten.
   */
  noteForeign(
    fence: Fence,
    counts: ReadonlyMap<string, number>,
  ): Promise<ReadonlyMap<string, ForeignDecision>>;
  /** What the operator wants done with the services of other stores, by store. */
  foreignDecisions(): Promise<ReadonlyMap<string, ForeignDecision>>;
  /** Stores what is seen of the swarm, for the API to show. */
  publishCluster(fence: Fence, report: ClusterReport): Promise<void>;
  /** Stores the names of what services may refer to, for the API to look at. */
  publishInventory(fence: Fence, seen: SwarmInventory): Promise<void>;
  /** Unix time in ms by the clock of Redis, which all processes share. */
  redisTime(): Promise<number>;
  /** What operators want of nodes and is not yet so. */
  nodeWishes(): Promise<NodeWish[]>;
  /** The node is as it was wanted. Another wish for it that has come meanwhile stays. */
  endNodeWish(fence: Fence, wish: NodeWish): Promise<void>;
  /** Takes the identity of another store: its services are then this store's. */
  takeIdentity(fence: Fence, storeId: string): Promise<void>;
  /** Attempts that are current at this moment; the rest of the swarm's services are orphans. */
  isCurrent(uid: string, index: number, attempt: number): Promise<boolean>;
}

/** What the controller is to look at beside jobs: users have changed it, or want to know. */
export const CHANGE_TOPICS = ['cronJobs', 'nodes', 'removals', 'inventory'] as const;
export type ChangeTopic = (typeof CHANGE_TOPICS)[number];

/** What was read of the changes. */
export interface ChangeNews {
  /** To read on from. */
  cursor: string;
  /** Jobs that have changed, each once. */
  uids: string[];
  topics: ChangeTopic[];
}

/** Where a controller hears that the API has written something. */
export interface ChangeSource {
  /** Waits for what changed after `cursor`, at most `blockMs`. Only a hint. */
  readChanges(cursor: string, blockMs: number): Promise<ChangeNews>;
  /** The change stream's present end. */
  changesEnd(): Promise<string>;
}
