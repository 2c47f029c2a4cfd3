import type { AttemptId } from '../../internal/apis/index.ts';
import { ModelError } from '../model/model-error.ts';
import type { ModelSwarm } from '../model/swarm.ts';
import type { NodeFault } from './scenario.ts';
import { runningTasks } from './swarm-view.ts';
import type { Timeline } from './timeline.ts';
import type { Truth } from './truth.ts';

/** How long a dockerd is away that crashes, or is asked to stop, and is started again, in ms. */
const AWAY_MS = 2000;

/** What goes wrong with the swarm, told to the truth so that it knows whom it concerned. */
export class SwarmFaults {
  readonly #swarm: ModelSwarm;
  readonly #timeline: Timeline;
  readonly #truth: Truth;
  readonly #services: Map<string, AttemptId>;
  /** Ids by host name, of the nodes that have not been removed. */
  readonly #nodes: Map<string, string>;

  /** @param services those that are there, by id. */
  constructor(
    swarm: ModelSwarm,
    timeline: Timeline,
    truth: Truth,
    services: Map<string, AttemptId>,
  ) {
    this.#swarm = swarm;
    this.#timeline = timeline;
    this.#truth = truth;
    this.#services = services;
    const nodes = swarm.listNodes();
    this.#nodes = new Map(nodes.map(({ ID, Description }) => [Description.Hostname, ID]));
  }

  /** Does something to a node, and mends it after `forMs` where that can be. */
  node(what: NodeFault, hostname: string, forMs: number): void {
    const id = this.#nodes.get(hostname);
    if (id === undefined) return;
    const { now } = this.#timeline;
    const swarm = this.#swarm;
    const mend = (fn: () => void) =>
      this.#timeline.in(forMs, () => {
        if (this.#nodes.has(hostname)) fn();
      });
    const awayMs = what === 'crash' || what === 'restart' ? AWAY_MS : forMs;
    this.#truth.trouble(id, now, now + awayMs);
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
      this.#truth.hit(id);
      this.#services.delete(serviceId);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
    }
  }

  /** Somebody kills the process of a task. */
  container(pick: number): void {
    const id = nth([...this.#services.values()], pick);
    if (id === undefined) return;
    this.#truth.hit(id);
    for (const task of runningTasks(this.#swarm, id)) this.#swarm.killContainer(task.ID);
  }
}

function nth<T>(of: readonly T[], pick: number): T | undefined {
  return of[pick % Math.max(1, of.length)];
}
