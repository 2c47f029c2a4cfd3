import type { AttemptId, Evidence, Output } from '../apis/index.ts';
import type { ServiceSpec } from './service-spec.ts';

/** A service of this installation, as one list call shows it. */
export interface ObservedService {
  id: string;
  name: string;
  labels: Record<string, string>;
}

/** A swarm task of this installation. `labels` are those of its container. */
export interface ObservedTask {
  id: string;
  serviceId: string;
  labels: Record<string, string>;
  nodeId?: string;
  /** The state it is in. Only moves forward. */
  state: string;
  /** The state that swarm wants it in. */
  desiredState: string;
  /** Unix time in ms of the creation of the task. */
  createdAt: number;
  /** Unix time in ms of the last change of state. */
  updatedAt: number;
  /** Swarm's own words on the state. */
  message?: string;
  error?: string;
  exitCode?: number;
  containerId?: string;
}

export interface ObservedNode {
  id: string;
  hostname: string;
  state: 'unknown' | 'down' | 'ready' | 'disconnected';
  availability: 'active' | 'pause' | 'drain';
}

/** What the engine says of itself. */
export interface EngineInfo {
  /** True when it can create services. */
  manager: boolean;
  /** Identity of the swarm; empty when there is none. */
  clusterId: string;
  nodeId: string;
  /** Address under which other nodes, and tasks, reach this node. */
  nodeAddress: string;
  version: string;
  apiVersion: string;
}

/** Something happened that may concern an attempt. Only a hint: polling is the truth. */
export interface EngineEvent {
  attempt?: AttemptId;
  action: string;
}

export interface CreatedService {
  id: string;
  /** True when the service existed already and its labels say it is this attempt. */
  adopted: boolean;
}

/**
 * The Docker Engine as the controller needs it. Every call has a time limit and rejects with an
 * `EngineError` when the engine did not answer, so that a failed look is never an empty one.
 */
export interface Engine {
  info(): Promise<EngineInfo>;
  /** All tasks of this installation, in one call. */
  listTasks(): Promise<ObservedTask[]>;
  /** All services of this installation, in one call. */
  listServices(): Promise<ObservedService[]>;
  listNodes(): Promise<ObservedNode[]>;
  /**
   * Creates the service of an attempt.
   * A name that is taken is success when the labels are the attempt's.
   * @throws EngineError `NameConflict` when the name belongs to somebody else,
   *   `Invalid` when the engine refuses the spec and always will, else `Unavailable`.
   */
  createService(spec: ServiceSpec): Promise<CreatedService>;
  /** Removes a service by id or name. One that is not there is success. */
  removeService(idOrName: string): Promise<void>;
  /**
   * Reads the last `limitBytes` of each output stream of a task that has ended. Memory stays
   * bounded by that limit. A log that cannot be read gives the verdict `unavailable`.
   */
  taskLogs(swarmTaskId: string, limitBytes: number): Promise<Output>;
  /**
   * Calls `onEvent` for events of this installation until `signal` aborts or the stream breaks;
   * resolves then. Events are lost and repeated at will.
   */
  watch(onEvent: (event: EngineEvent) => void, signal: AbortSignal): Promise<void>;
}

export type EngineErrorCode = 'Unavailable' | 'Invalid' | 'NameConflict';

/** A call to the engine failed. `message` holds the engine's own words. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineError';
    this.code = code;
  }
}

/** Says what a look at a task means for its attempt. */
export type Classify = (task: ObservedTask, nodes: ReadonlyMap<string, ObservedNode>) => Evidence;
