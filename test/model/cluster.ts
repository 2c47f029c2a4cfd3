import type { Clock } from '../../internal/clock/clock.ts';
import { Agent } from './agent.ts';
import { ChangeIndex } from './change-index.ts';
import type { EventHub } from './event-hub.ts';
import { swarmId } from './ids.ts';
import { Leadership } from './leadership.ts';
import { Membership } from './membership.ts';
import { NodeRecord } from './node-record.ts';
import { Orchestrator } from './orchestrator.ts';
import type { ProcessEnd } from './process.ts';
import type { ModelService } from './raw.ts';
import type { TaskRecord } from './task-record.ts';

interface ClusterOptions {
  clock: Clock;
  random: () => number;
  hostnames: readonly string[];
  events: EventHub;
  /** The process of a task has begun, or come to its end. */
  onProcess: (task: TaskRecord, end: ProcessEnd | undefined) => void;
  /** Whether the service has not been removed. */
  isLive: (service: ModelService) => boolean;
}

/** The nodes with their agents, and what the leader makes of them. The first node is the manager. */
export class Cluster {
  readonly leadership = new Leadership();
  readonly nodes = new Map<string, NodeRecord>();
  readonly manager: NodeRecord;
  readonly orchestrator: Orchestrator;
  readonly #options: ClusterOptions;
  readonly #membership: Membership;
  readonly #changes: ChangeIndex;
  #cancelRegain: () => void = () => {};

  constructor(options: ClusterOptions) {
    this.#options = options;
    const { clock, random, isLive } = options;
    const { leadership, nodes } = this;
    this.#changes = new ChangeIndex(clock);
    const shared = { clock, random, leadership, nodes, changes: this.#changes };
    this.orchestrator = new Orchestrator({ ...shared, isLive });
    this.#membership = new Membership({ ...shared, orchestrator: this.orchestrator });
    const [manager] = options.hostnames.map((hostname, index) => this.#add(hostname, index));
    if (manager === undefined) throw new Error('a swarm needs at least one node');
    this.manager = manager;
  }

  /** @throws Error when there is no such node. */
  node(idOrHostname: string): NodeRecord {
    const all = [...this.nodes.values()];
    const found = all.find(({ id, hostname }) => id === idOrHostname || hostname === idOrHostname);
    if (found === undefined) throw new Error(`no node ${idOrHostname} in the model`);
    return found;
  }

  powerOff(node: NodeRecord): void {
    node.cancelBoot();
    node.agent.powerOff();
    this.#fallSilent(node);
  }

  cut(node: NodeRecord): void {
    if (node.isManager) throw new Error('calls go to the first node: it is not cut off from them');
    node.isLinked = false;
    this.#membership.silent(node);
  }

  revive(node: NodeRecord): void {
    node.isLinked = true;
    if (node.agent.isUp) this.#membership.heard(node);
    else this.#boot(node);
  }

  setAvailability(node: NodeRecord, availability: NodeRecord['availability']): void {
    node.availability = availability;
    this.leadership.whenLed(() => {
      if (node.availability === 'drain') this.orchestrator.giveUpTasksOf(node);
      else if (node.isHeard) this.orchestrator.nodeReady(node);
    });
  }

  setMemory(node: NodeRecord, bytes: number): void {
    node.memoryBytes = bytes;
    this.leadership.whenLed(() => {
      if (node.isHeard) this.orchestrator.nodeReady(node);
    });
  }

  /** All nodes leave: their containers end, and nothing of them is told any more. */
  disband(): void {
    this.leadership.lose();
    this.#cancelRegain();
    for (const node of this.nodes.values()) {
      node.cancelBoot();
      node.cancelWait();
      node.agent.powerOff();
    }
  }

  remove(node: NodeRecord): void {
    if (node.isManager) throw new Error('the node that is called cannot remove itself');
    node.cancelBoot();
    node.cancelWait();
    node.agent.powerOff();
    this.nodes.delete(node.id);
    this.leadership.whenLed(() => this.orchestrator.orphanTasksOf(node));
  }

  restartDaemon(node: NodeRecord, downMs: number, signal: 'SIGTERM' | 'SIGKILL'): void {
    node.agent.stopDaemon(signal);
    this.#fallSilent(node);
    node.cancelBoot();
    node.cancelBoot = this.#options.clock.after(downMs, () => this.#boot(node));
  }

  loseLeader(ms: number): void {
    this.leadership.lose();
    this.#cancelRegain();
    this.#cancelRegain = this.#options.clock.after(ms, () => {
      if (this.manager.agent.isUp) this.#regainLeader();
    });
  }

  #add(hostname: string, index: number): NodeRecord {
    const { clock, random, events, onProcess } = this.#options;
    const agent = new Agent({
      clock,
      random,
      isHeard: () => node.isHeard && this.leadership.isPresent,
      deliver: (task, status) =>
        this.leadership.whenLed(() => this.orchestrator.reported(task, status)),
      onContainer: (...what) => {
        if (node.isManager) events.container(...what);
      },
      onProcess,
    });
    const changes = this.#changes;
    const id = swarmId(random);
    const node: NodeRecord = new NodeRecord({ id, hostname, index, agent, changes });
    this.nodes.set(node.id, node);
    return node;
  }

  #fallSilent(node: NodeRecord): void {
    this.#membership.silent(node);
    if (!node.isManager) return;
    this.leadership.lose();
    this.#options.events.close();
  }

  #boot(node: NodeRecord): void {
    node.agent.boot(() => {
      if (node.isManager) this.#regainLeader();
      else this.#membership.heard(node);
    });
  }

  #regainLeader(): void {
    this.leadership.regain();
    this.#membership.newLeader();
  }
}
