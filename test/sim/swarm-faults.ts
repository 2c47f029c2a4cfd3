import type { AttemptId } from '../../internal/apis/index.ts';
import { ConnectionRefused, ModelError } from '../model/model-error.ts';
import type { NodeTrouble } from '../model/node-trouble.ts';
import type { ModelSwarm } from '../model/swarm.ts';
import type { Containers } from './containers.ts';
import type { Ledger } from './ledger.ts';
import { SECRET } from './make-policies.ts';
import type { NodeFault } from './scenario.ts';
import { tasksOf } from './swarm-view.ts';
import type { Timeline } from './timeline.ts';
import type { Truth } from './truth.ts';

/** How long a dockerd is away that crashes, or is asked to stop, and is started again, in ms. */
const AWAY_MS = 2000;

/** It is up again when all its containers have ended, the last of them by SIGKILL. */
const STOP_MS = 10_000;
const ROOM_BYTES = 512 * 1024 ** 3;

interface SwarmFaultsOptions {
  swarm: ModelSwarm;
  timeline: Timeline;
  truth: Truth;
  containers: Containers;
  ledger: Pick<Ledger, 'services' | 'knowsSwarm'>;
}

/** What goes wrong with the swarm, told to the truth so that it knows whom it concerned. */
export class SwarmFaults {
  readonly #swarm: ModelSwarm;
  readonly #timeline: Timeline;
  readonly #truth: Truth;
  readonly #containers: Containers;
  readonly #ledger: SwarmFaultsOptions['ledger'];
  readonly #services: Map<string, AttemptId>;
  /** Ids by host name, of the nodes that have not been removed. */
  readonly #nodes = new Map<string, string>();

  #roomy: string | undefined;

  constructor({ swarm, timeline, truth, containers, ledger }: SwarmFaultsOptions) {
    this.#swarm = swarm;
    this.#timeline = timeline;
    this.#truth = truth;
    this.#containers = containers;
    this.#ledger = ledger;
    this.#services = ledger.services;
    this.#noteNodes();
  }

  /** Does something to a node, and mends it after `forMs` where that can be. */
  node(what: NodeFault, hostname: string, forMs: number): void {
    const id = this.#nodes.get(hostname);
    if (id === undefined) return;
    const { now } = this.#timeline;
    const swarm = this.#swarm;
    const mend = (fn: () => void) =>
      this.#timeline.in(forMs, () => {
        if (this.#nodes.get(hostname) === id) fn();
      });
    const awayMs = what === 'crash' || what === 'restart' ? AWAY_MS : forMs;
    this.#truth.trouble(id, now, now + awayMs, what !== 'drain');
    // The engine that is asked is the only manager: with it the swarm has no leader.
    if (hostname === 'n1') this.#truth.managersChange(now, now + awayMs + STOP_MS);
    switch (what) {
      case 'kill':
        swarm.killNode(id);
        mend(() => swarm.reviveNode(id));
        break;
      case 'partition':
        swarm.partitionNode(id);
        mend(() => swarm.reviveNode(id));
        break;
      case 'drain':
        swarm.drainNode(id);
        mend(() => swarm.activateNode(id));
        break;
      case 'remove':
        this.#nodes.delete(hostname);
        swarm.removeNode(id);
        break;
      case 'crash':
        swarm.restartDaemon(id, awayMs, 'SIGKILL');
        break;
      case 'restart':
        swarm.restartDaemon(id, awayMs, 'SIGTERM');
    }
  }

  /** A node starts nothing until `forMs` are over, or for good. */
  trouble(what: NodeTrouble, hostname: string, forMs: number | undefined): void {
    const id = this.#nodes.get(hostname);
    if (id === undefined) return;
    this.#truth.startsNothing(id, this.#timeline.now);
    this.#swarm.breakNode(id, what);
    if (forMs === undefined) return;
    this.#timeline.in(forMs, () => {
      if (this.#nodes.get(hostname) === id) this.#swarm.mendNode(id);
    });
  }

  lists(of: ('tasks' | 'services')[], forMs: number): void {
    this.#swarm.hideFromLists(forMs, ...of);
  }

  /** The node has all the memory that anybody asks for. */
  room(hostname: string): void {
    this.#roomy = hostname;
    const id = this.#nodes.get(hostname);
    if (id !== undefined) this.#swarm.setMemory(id, ROOM_BYTES);
  }

  /** All leave, and make another swarm with the same names in it. */
  renew(forMs: number): void {
    for (const id of this.#services.values()) {
      if (this.#ledger.knowsSwarm) this.#truth.renewed(id);
      else this.#truth.hit(id);
    }
    this.#services.clear();
    this.#nodes.clear();
    this.#swarm.renew(forMs);
    this.#timeline.in(forMs, () => {
      this.#swarm.addNamed('secrets', SECRET);
      this.#noteNodes();
      if (this.#roomy !== undefined) this.room(this.#roomy);
    });
  }

  #noteNodes(): void {
    for (const { ID, Description } of this.#swarm.actual.nodes) {
      this.#nodes.set(Description.Hostname, ID);
    }
  }

  manager(forMs: number): void {
    const { now } = this.#timeline;
    this.#truth.managersChange(now, now + forMs);
    this.#swarm.loseManager(forMs);
  }

  /** Somebody removes a service by hand, if the swarm lets him. */
  service(pick: number): void {
    const found = nth([...this.#services], pick);
    if (found === undefined) return;
    const [serviceId, id] = found;
    try {
      this.#swarm.removeService(serviceId);
      this.#containers.isRemovedByHand(serviceId);
      this.#truth.hit(id);
      this.#services.delete(serviceId);
    } catch (error) {
      const isAway = error instanceof ModelError || error instanceof ConnectionRefused;
      if (!isAway) throw error;
    }
  }

  /** Somebody kills the process of a task, or removes its container, whether it runs or not. */
  container(pick: number, removed: boolean): void {
    const id = nth([...this.#services.values()], pick);
    if (id === undefined) return;
    this.#truth.hit(id);
    for (const task of tasksOf(this.#swarm, id)) {
      if (removed) this.#swarm.removeContainer(task.ID);
      else this.#swarm.killContainer(task.ID);
    }
  }
}

function nth<T>(of: readonly T[], pick: number): T | undefined {
  return of[pick % Math.max(1, of.length)];
}
