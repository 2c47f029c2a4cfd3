import type { EarlierAttempts, Job, JobPhase, TaskCounts } from '../apis/index.ts';
import type { StoredMeta } from './codec.ts';
import type { LastApplied, TaskView } from './ports.ts';

/** A change of an object that users can see. */
export interface ObjectChange {
  version: number;
  kind: 'Job' | 'CronJob';
  change: 'ADDED' | 'MODIFIED' | 'DELETED';
  uid: string;
  meta: StoredMeta;
  /** Of a job, as it was after this change. */
  status?: { phase: JobPhase; counts: TaskCounts };
}

/** A page of objects: those after the one with the uid `after`, '' for the first. */
export interface Page {
  /** All of them unless given. */
  namespace?: string;
  after: string;
  limit: number;
}

/** Finds, lists and watches jobs. Part of what the API may do. */
export interface JobCatalog {
  /** The uid of the job of that name. */
  findJob(namespace: string, name: string): Promise<string | undefined>;
  /** Jobs in order of their creation; one that vanishes meanwhile is left out. */
  listJobs(page: Page): Promise<{ jobs: Job[]; next?: string }>;
  /** As `readTasks`, without the output of the tasks. */
  listTasks(uid: string, from: number, limit: number): Promise<TaskView[]>;
  /** The attempts of a task before the current one, or before its last one, that did not succeed. */
  earlierAttempts(uid: string, index: number): Promise<EarlierAttempts>;
  /** What was last applied to a job, and how often it was edited. */
  lastApplied(uid: string): Promise<{ applied?: LastApplied; edits: number }>;
}

/** Tells of changes. Part of what the API may do. */
export interface ChangeLog {
  /** Version of the newest change; 0 before the first. */
  version(): Promise<number>;
  /**
   * True when all changes after a version are kept. False also for a version that is yet to come: it is
   * one of a store that was emptied or restored.
   */
  keepsAfter(version: number): Promise<boolean>;
  /**
   * Changes after a version, oldest first. Who asks late may be told of some that are no longer kept.
   * @returns undefined when some of them are no longer kept.
   */
  changesAfter(version: number, limit: number): Promise<ObjectChange[] | undefined>;
  /** Resolves when there is a change after the version, or `signal` aborts. */
  awaitChange(version: number, signal: AbortSignal): Promise<void>;
  /** Resolves when the timeline of a job has an entry after that one, or `signal` aborts. */
  awaitEvent(uid: string, after: string, signal: AbortSignal): Promise<void>;
}

/** Remembers which manifests of a directory were applied, so that none is run twice. */
export interface AppliedManifests {
  /** Digest of the manifest that was last applied to an object; undefined before the first. */
  appliedDigest(object: string): Promise<string | undefined>;
  /** What was remembered of the file that this manifest stood in. */
  appliedFrom(object: string): Promise<string | undefined>;
  /**
   * Kept for ever: an object that was removed must not come back by itself.
   * @param from of the file that it stands in.
   */
  rememberApplied(object: string, digest: string, from?: string): Promise<void>;
}
