import type { TaskCounts } from '../apis/index.ts';

/** What the API answers, as far as the command line reads it. Times are ISO 8601. */

export interface Metadata {
  namespace: string;
  name: string;
  uid: string;
  resourceVersion: string;
  creationTimestamp: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReference?: { kind: string; name: string; uid: string };
}

export type Counts = TaskCounts;

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

export interface JobStatus {
  phase: 'Running' | 'Complete' | 'Failed' | 'Cancelled';
  counts: Counts;
  conditions: Condition[];
  startTime?: string;
  finishedAt?: string;
  image?: { reference: string; pinned: boolean };
  ending?: { phase: string; reason: string; message: string };
}

/** An object of any kind. */
export interface Resource {
  apiVersion?: string;
  kind: string;
  metadata: Metadata;
  spec: Record<string, unknown>;
  status?: unknown;
}

export interface Job extends Resource {
  status: JobStatus;
}

export interface CronJob extends Resource {
  status: {
    lastScheduleTime?: string;
    nextScheduleTime?: string;
    lastSuccessfulTime?: string;
    active: { name: string; uid: string }[];
  };
}

export interface List<T> {
  apiVersion?: string;
  kind?: string;
  metadata: { resourceVersion?: string; continue?: string };
  items: T[];
}

export interface Task {
  index: number;
  name: string;
  phase: string;
  attempts: number;
  losses: number;
  exitStatus?: number | null;
  reason?: string;
  message?: string;
  startedAt?: string;
  finishedAt?: string;
  node?: string;
}

export interface TimelineEvent {
  id: string;
  at: string;
  type: string;
  index?: number;
  attempt?: number;
  reason?: string;
  message?: string;
  node?: string;
  status?: number;
}

export interface Callback {
  namespace: string;
  name: string;
  uid: string;
  url: string;
  state: string;
  attempts: number;
  lastStatus?: number;
  lastError?: string;
}

/** A node of the swarm, as the controller saw it last. */
export interface ClusterNode {
  id: string;
  hostname: string;
  state: string;
  availability: string;
  active: number;
  /** What is wanted of it and not yet so. */
  wish?: 'drain' | 'active';
  platform?: string;
  genericResources?: Record<string, number>;
}

export interface Cluster {
  nodes: ClusterNode[];
  slots: { used: number; max: number };
  updatedAt?: string;
}

/** Whom the token stands for. */
export interface Caller {
  name: string;
  role: string;
  namespaces: string[];
}

/** `data` of an event of a watched list. */
export interface WatchEvent<T> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: T;
}
