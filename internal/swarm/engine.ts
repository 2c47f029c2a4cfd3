import type {
  AttemptId,
  LoginAnswer,
  Output,
  OwnNames,
  References,
  RegistryAnswer,
  RegistryAuth,
  SwarmNames,
} from '../apis/index.ts';
import type { ServiceSpec } from './engine-spec.ts';
import type { LogDriver } from './log-driver.ts';
import type { OnLogBytes } from './log-follow.ts';
import type { ResolvedReferences } from './references.ts';

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
  /** Grows with every change of anything in the swarm: of two records it tells which changed first. */
  version: number;
  nodeId?: string;
  /** Ids of nodes that its constraints keep it from. */
  excluded?: string[];
  /** True when it is attached to networks of the swarm. */
  attached: boolean;
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
  /** The kernel killed it for its memory; only known of the node whose engine is asked. */
  oomKilled?: true;
  /** Where its output is kept; absent where its node decides. */
  logDriver?: LogDriver;
  /**
   * True when the engine of the task's node was not restarted since before the task was created: what it tells
   * of it does not come from a restart. Only of the engine that this process is connected to.
   */
  witnessed?: true;
}

/** A change of a node's record. */
export interface NodeChange {
  /** As of a task. */
  version: number;
  /** Unix time in ms. */
  updatedAt: number;
}

export interface ObservedNode {
  id: string;
  hostname: string;
  state: 'unknown' | 'down' | 'ready' | 'disconnected';
  availability: 'active' | 'pause' | 'drain';
  /** As in `linux/x86_64`. */
  platform?: string;
  /** How many it has of each kind. */
  genericResources?: Record<string, number>;
  /** What it has in all, whatever runs on it. */
  nanoCpus?: number;
  memoryBytes?: number;
  /** What constraints can ask of it beside that, by their key: role, address, labels. */
  attributes?: Record<string, string>;
  /** As of a task. */
  version: number;
  /**
   * Unix time in ms of its last change. The start of its engine is one; so are the first task on it
   * that is attached to a network, and the end of the last.
   */
  updatedAt: number;
  /** Other changes of it that this process has seen, the last 15. */
  earlier?: readonly NodeChange[];
  /**
   * Unix time in ms since which the engine of this node was not restarted: of the engine that this process
   * talks to, from its start, or, where it does not tell that, from the beginning of an unbroken connection.
   */
  connectedSince?: number;
  /** Unix time in ms of the start of its engine, where that is known. */
  startedAt?: number;
}

/** What the engine says of itself. */
export interface EngineInfo {
  /** True when it can create services. */
  manager: boolean;
  /** Swarm's word on this node: `active`, `inactive`, `pending`, `locked`, `error`. */
  swarmState: string;
  /** Identity of the swarm; empty when there is none. */
  clusterId: string;
  nodeId: string;
  /** Where it keeps the logs of containers by default; `none` keeps none. */
  logDriver: string;
  /** Address under which other nodes, and tasks, reach this node. */
  nodeAddress: string;
  version: string;
}

/** Something happened that may concern an attempt. Only a hint: polling is the truth. */
export interface EngineEvent {
  attempt?: AttemptId;
  action: string;
  /** Unix time in ms. */
  at: number;
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
  /**
   * Asks for one swarm task, as its record is now. A record goes when the container is gone; some stay for ever.
   * @returns undefined when the engine says that there is none: evidence that a list cannot give.
   */
  findTask(swarmTaskId: string): Promise<ObservedTask | undefined>;
  /** Asks for one service. @returns undefined when the engine says that there is none. */
  findService(idOrName: string): Promise<ObservedService | undefined>;
  listNodes(): Promise<ObservedNode[]>;
  /**
   * Ids of what a job refers to by name, from lists taken now.
   * @throws EngineError `Invalid` when the lists are complete and something is not there: the message
   *   names all that is missing.
   */
  resolve(references: References): Promise<ResolvedReferences>;
  /** Names of all networks, secrets and configs of the swarm; of a kind that has very many none. */
  listNames(): Promise<SwarmNames>;
  /** Names of what the stack of this name is made of, by its label and by what its services use. */
  listOwn(stack: string): Promise<OwnNames>;
  /**
   * Says whether a node takes tasks: with `pause` it keeps those that it has, with `drain` it does not.
   * @param node as a look showed it. One that has changed since is left alone.
   * @throws EngineError `Unavailable` then too: look again.
   */
  setAvailability(node: ObservedNode, availability: ObservedNode['availability']): Promise<void>;
  /**
   * Creates the service of an attempt.
   * A name that is taken is success when the labels are the attempt's.
   * @param auth what nodes log in with to pull the image; the swarm keeps it, and shows it to nobody.
   * @throws EngineError `NameConflict` when the name belongs to somebody else,
   *   `Invalid` when the engine refuses the spec and always will, else `Unavailable`.
   */
  createService(spec: ServiceSpec, auth?: RegistryAuth): Promise<CreatedService>;
  /**
   * Asks the registry of an image for its digest, through the engine, within seconds. Never rejects: an
   * engine that does not answer is a registry that is `silent`.
   */
  askRegistry(image: string, auth?: RegistryAuth): Promise<RegistryAnswer>;
  /** Logs in at a registry through the engine, which keeps nothing of it. Never rejects, as `askRegistry`. */
  tryLogin(auth: RegistryAuth): Promise<LoginAnswer>;
  /** Removes a service by id or name. One that is not there is success. */
  removeService(idOrName: string): Promise<void>;
  /**
   * Reads the last `limitBytes` of each output stream of a task that has ended. Memory stays
   * bounded by that limit. A log that cannot be read gives the verdict `unavailable`; one that may lack
   * something `partial`.
   */
  taskLogs(swarmTaskId: string, limitBytes: number): Promise<Output>;
  /**
   * Reads the log of a task from its beginning and on, as it is written, until `signal` aborts;
   * resolves then. It need not end by itself when the task does. Works from any manager, wherever the
   * task runs.
   * @throws EngineError when the log cannot be read (on).
   */
  followLogs(swarmTaskId: string, onBytes: OnLogBytes, signal: AbortSignal): Promise<void>;
  /**
   * Calls `onEvent` for events of this installation until `signal` aborts or the stream breaks;
   * resolves then. Events are lost and repeated at will.
   */
  watch(onEvent: (event: EngineEvent) => void, signal: AbortSignal): Promise<void>;
}
