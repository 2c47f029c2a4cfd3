import type { AttemptRecord, Evidence, Job, ReportSummary } from '../apis/index.ts';

/** A task's current attempt: its record, what it reported, and what the swarm shows of it. */
export interface AttemptView {
  index: number;
  record: AttemptRecord;
  evidence: Evidence;
  report?: ReportSummary;
  /** No container of it runs any more, by evidence: see `containersGone` of the swarm package. */
  gone?: true;
  /** It is gone only because its node cannot be reached: nobody has seen its end. */
  away?: true;
  /** Its service is there although its removal had returned: a creation took effect after that. */
  remains?: true;
  /** For how long swarm has found no node for it, in ms of the controller's monotonic clock. */
  unsuitedMs?: number;
  /** Its service may exist although it is neither recorded nor seen: a creation of it failed. */
  uncertain?: true;
  /** How long the controller has known the report, in ms of its monotonic clock. */
  reportAgeMs?: number;
}

/** What an active node has in all. */
export interface NodeCapacity {
  nanoCpus?: number;
  memoryBytes?: number;
}

/** A node, and the tasks of the job on it that have not ended: current ones, and those that are being stopped. */
export interface NodeLoad {
  id: string;
  tasks: number;
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
  /** True when the last look at the swarm is too old to end an attempt by a time limit. */
  staleLook?: boolean;
  /**
   * The active nodes, with how many tasks of the job each has, by a look that began after the last attempt
   * was settled. Only of jobs with `maxPerNode`; absent while there is no such look.
   */
  nodes?: readonly NodeLoad[];
  /** How many services of this job may wait for a node without a slot; no limit where it is absent. */
  standingRoom?: number;
  /** An attempt of another job that asks for the same of a node waits for one. */
  othersStand?: true;
  /** How many attempts of the job may be without a node at one time; no limit where it is absent. */
  pace?: number;
  /** What the active nodes have in all, where the last look asked for them. */
  capacities?: readonly NodeCapacity[];
  /** Ids of nodes that services are kept from for now, as they fail to start tasks; none where it is absent. */
  closedNodes?: readonly string[];
  /** Tasks whose earlier actions are still being carried out; nothing is planned for them. */
  busy: ReadonlySet<number>;
}
