import type { ServiceSpec } from '../../internal/swarm/index.ts';
import type { RawContainer, RawEvent, RawInfo } from '../../internal/swarm/translate.ts';

/** What a service is created from: what Swarmer asks for, and the members that tests ask for. */
export type ModelSpec = ServiceSpec & {
  TaskTemplate: {
    Placement?: { Constraints?: string[] };
    LogDriver?: { Name: string; Options?: Record<string, string> };
  };
};

/** The states of a task in their order (engine notes: Task states). */
export const STATES = [
  'new',
  'pending',
  'assigned',
  'accepted',
  'preparing',
  'ready',
  'starting',
  'running',
  'complete',
  'shutdown',
  'failed',
  'rejected',
  'remove',
  'orphaned',
] as const;
export type TaskState = (typeof STATES)[number];

export interface ModelContainerStatus {
  ContainerID: string;
  PID: number;
  ExitCode: number;
}

export interface ModelStatus {
  Timestamp: string;
  State: TaskState;
  Message: string;
  Err?: string;
  ContainerStatus?: ModelContainerStatus;
}

/** A task as the Engine API gives it. */
export interface ModelTask {
  ID: string;
  Version: { Index: number };
  CreatedAt: string;
  UpdatedAt: string;
  Labels: Record<string, string>;
  Spec: ModelSpec['TaskTemplate'];
  ServiceID: string;
  Slot: number;
  NodeID?: string;
  Status: ModelStatus;
  DesiredState: TaskState;
}

/** A container as the engine of its node gives it. */
export type ModelContainer = RawContainer & { Id: string };

/** A service as the Engine API gives it. */
export interface ModelService {
  ID: string;
  Version: { Index: number };
  CreatedAt: string;
  UpdatedAt: string;
  Spec: ModelSpec;
}

/** A node as the Engine API gives it. */
export interface ModelNode {
  ID: string;
  Version: { Index: number };
  CreatedAt: string;
  UpdatedAt: string;
  Spec: { Role: 'manager' | 'worker'; Availability: 'active' | 'pause' | 'drain' };
  Description: { Hostname: string; Resources: { MemoryBytes: number } };
  Status: { State: 'unknown' | 'down' | 'ready' | 'disconnected'; Addr: string; Message?: string };
}

export type ModelInfo = Required<RawInfo> & { ServerVersion: string };

/** An event as the Engine API gives it. */
export type ModelEvent = RawEvent & {
  Type: 'container' | 'service';
  Action: 'start' | 'die' | 'create' | 'remove';
  Actor: { ID: string; Attributes: Record<string, string> };
  scope: 'local' | 'swarm';
  time: number;
  timeNano: number;
};
