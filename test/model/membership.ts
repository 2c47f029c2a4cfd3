import type { Clock } from '../../internal/clock/clock.ts';
import type { Leadership } from './leadership.ts';
import type { NodeRecord } from './node-record.ts';
import type { Orchestrator } from './orchestrator.ts';
import { TIMING } from './timing.ts';

interface MembershipOptions {
  clock: Clock;
  random: () => number;
  leadership: Leadership;
  orchestrator: Orchestrator;
  nodes: ReadonlyMap<string, NodeRecord>;
}

/** What the managers know of the nodes: by their heartbeats and nothing else. */
export class Membership {
  readonly #options: MembershipOptions;

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  /** Heartbeats end. After 15 s of silence the node is down, and its tasks are given up. */
  silent(node: NodeRecord): void {
    if (!node.isRegistered) return;
    node.isRegistered = false;
    // With the only manager silent there is nobody to count its heartbeats.
    if (node.isManager) return;
    this.#wait(node, TIMING.heartbeatLimit, () => this.#declareDown(node));
  }

  /** The node tries to talk to the managers. */
  heard(node: NodeRecord, afterMs: number = TIMING.rejoin): void {
    if (!node.canTalk || node.isRegistered) return;
    this.#options.clock.after(afterMs, () => {
      this.#options.leadership.whenLed(() => this.#register(node));
    });
  }

  /** A new leader knows of no node but itself until it hears of them. */
  newLeader(): void {
    for (const node of this.#options.nodes.values()) {
      if (node.isManager) this.#register(node);
      else if (node.status.State !== 'down') this.#forget(node);
    }
  }

  #forget(node: NodeRecord): void {
    const Message = 'Node moved to "unknown" state due to leadership change in cluster';
    node.status = { State: 'unknown', Message };
    node.isRegistered = false;
    this.#wait(node, TIMING.unknownAtMost, () => this.#declareDown(node));
    this.heard(node, this.#options.random() * TIMING.unknownAtMost);
  }

  #register(node: NodeRecord): void {
    if (!node.canTalk || !this.#options.nodes.has(node.id)) return;
    node.cancelWait();
    node.isRegistered = true;
    node.status = { State: 'ready' };
    node.agent.flush();
    this.#options.orchestrator.nodeReady(node);
  }

  #declareDown(node: NodeRecord): void {
    if (node.isRegistered || !this.#options.nodes.has(node.id)) return;
    node.status = { State: 'down', Message: 'heartbeat failure' };
    this.#options.orchestrator.giveUpTasksOf(node);
  }

  #wait(node: NodeRecord, ms: number, act: () => void): void {
    const { clock, leadership } = this.#options;
    node.cancelWait();
    node.cancelWait = clock.after(ms, () => leadership.whenLed(act));
  }
}
