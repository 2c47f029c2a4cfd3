import type { Agent } from './agent.ts';
import type { Change, ChangeIndex } from './change-index.ts';
import type { ModelNode } from './raw.ts';

const MEMORY_BYTES = 8 * 1024 ** 3;

interface NodeOptions {
  id: string;
  hostname: string;
  /** Its place among the nodes: the first is the manager. */
  index: number;
  agent: Agent;
  changes: ChangeIndex;
}

/** A node as the managers know it, and the way to its agent. */
export class NodeRecord {
  readonly id: string;
  readonly hostname: string;
  readonly isManager: boolean;
  readonly #createdAt: string;
  readonly address: string;
  readonly agent: Agent;
  readonly #changes: ChangeIndex;
  #availability: ModelNode['Spec']['Availability'] = 'active';
  #status: Omit<ModelNode['Status'], 'Addr'> = { State: 'ready' };
  /** Its last update; heartbeats do not count, and a registration does. */
  #changed: Change;
  /** What its tasks may reserve. */
  memoryBytes = MEMORY_BYTES;
  /** False while the network to it is cut. */
  isLinked = true;
  /** The managers have heard of it since its last silence. */
  isRegistered = true;
  /** Ends what the managers wait for: its silence, or its return. */
  cancelWait: () => void = () => {};
  /** Ends a planned start of its daemon. */
  cancelBoot: () => void = () => {};

  constructor(options: NodeOptions) {
    this.id = options.id;
    this.hostname = options.hostname;
    this.isManager = options.index === 0;
    this.address = `10.0.0.${options.index + 1}`;
    this.#changes = options.changes;
    this.#changed = this.#changes.next();
    this.#createdAt = this.#changed.at;
    this.agent = options.agent;
  }

  get availability(): ModelNode['Spec']['Availability'] {
    return this.#availability;
  }

  set availability(availability) {
    this.#availability = availability;
    this.#changed = this.#changes.next();
  }

  get status(): Omit<ModelNode['Status'], 'Addr'> {
    return this.#status;
  }

  set status(status) {
    this.#status = status;
    this.#changed = this.#changes.next();
  }

  /** It could talk to the managers. */
  get canTalk(): boolean {
    return this.agent.isUp && this.isLinked;
  }

  /** It does talk to the managers. */
  get isHeard(): boolean {
    return this.canTalk && this.isRegistered;
  }

  get isSchedulable(): boolean {
    return this.status.State === 'ready' && this.availability === 'active';
  }

  raw(): ModelNode {
    return {
      ID: this.id,
      Version: { Index: this.#changed.index },
      CreatedAt: this.#createdAt,
      UpdatedAt: this.#changed.at,
      Spec: { Role: this.isManager ? 'manager' : 'worker', Availability: this.availability },
      Description: { Hostname: this.hostname, Resources: { MemoryBytes: this.memoryBytes } },
      Status: { ...this.status, Addr: this.address },
    };
  }
}
