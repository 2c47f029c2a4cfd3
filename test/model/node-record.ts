import type { Agent } from './agent.ts';
import type { ModelNode } from './raw.ts';

/** A node as the managers know it, and the way to its agent. */
export class NodeRecord {
  readonly id: string;
  readonly hostname: string;
  readonly isManager: boolean;
  readonly #createdAt: string;
  readonly address: string;
  readonly agent: Agent;
  availability: ModelNode['Spec']['Availability'] = 'active';
  /** Grows with every update of its spec; heartbeats do not count. */
  version = 1;
  status: Omit<ModelNode['Status'], 'Addr'> = { State: 'ready' };
  /** False while the network to it is cut. */
  isLinked = true;
  /** The managers have heard of it since its last silence. */
  isRegistered = true;
  /** Ends what the managers wait for: its silence, or its return. */
  cancelWait: () => void = () => {};
  /** Ends a planned start of its daemon. */
  cancelBoot: () => void = () => {};

  constructor(options: { id: string; hostname: string; index: number; now: string; agent: Agent }) {
    this.id = options.id;
    this.hostname = options.hostname;
    this.isManager = options.index === 0;
    this.address = `10.0.0.${options.index + 1}`;
    this.#createdAt = options.now;
    this.agent = options.agent;
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
      Version: { Index: this.version },
      CreatedAt: this.#createdAt,
      Spec: { Role: this.isManager ? 'manager' : 'worker', Availability: this.availability },
      Description: { Hostname: this.hostname },
      Status: { ...this.status, Addr: this.address },
    };
  }
}
