import type { Logger } from 'pino';
import type { NodeWish, Owner } from '../apis/index.ts';
import { msToBeat } from '../clock/beat.ts';
import type { Bell } from '../clock/bell.ts';
import type { Clock } from '../clock/clock.ts';
import type { ControllerStore } from '../store/index.ts';
import type { Engine, ObservedNode, ObservedTask } from '../swarm/index.ts';
import { clusterReport } from './cluster-report.ts';
import type { Term } from './elector.ts';
import { planNode } from './plan-node.ts';

interface NodesOptions {
  engine: Engine;
  store: ControllerStore;
  owner: Owner;
  term: Term;
  /** Rung when something may be wanted of a node. */
  bell: Bell;
  clock: Clock;
  log: Logger;
  /** Most attempts at one time, over all jobs. */
  maxConcurrentTasks: number;
  /** Tasks that have not ended, by node, as the observer's last look showed them. */
  activeByNode: () => ReadonlyMap<string, number>;
}

/** Nodes, and tasks where they matter. */
interface Look {
  nodes: ObservedNode[];
  tasks: ObservedTask[];
}

/** Between looks at nodes of which something is wanted, in ms. */
const WISH_INTERVAL_MS = 1000;
/** Between looks at what is wanted, and reports, while nothing is, in ms: a ring may be lost. */
const REPORT_INTERVAL_MS = 5000;

/**
 * Makes nodes as operators want them, and publishes what the swarm looks like. A wish stays in the store
 * until the node is so: whoever leads next goes on from what the node looks like then.
 */
export async function tendNodes(options: NodesOptions): Promise<void> {
  const { bell, term, clock, log } = options;
  const keeper = new NodeKeeper(options);
  while (!term.signal.aborted) {
    let everyMs = WISH_INTERVAL_MS;
    try {
      const wishes = await options.store.nodeWishes();
      if (wishes.length === 0) everyMs = REPORT_INTERVAL_MS;
      await keeper.tend(wishes);
    } catch (err) {
      log.warn({ err }, 'cannot see to the nodes, or publish what they look like');
    }
    await bell.wait(clock, msToBeat(clock, everyMs), term.signal);
  }
}

class NodeKeeper {
  readonly #options: NodesOptions;
  /** Since when looks have shown a node paused (monotonic ms). A new leader begins anew. */
  readonly #pausedSince = new Map<string, number>();

  constructor(options: NodesOptions) {
    this.#options = options;
  }

  async tend(wishes: readonly NodeWish[]): Promise<void> {
    const at = this.#options.clock.monotonic();
    const look = await this.#look(wishes.length > 0);
    this.#notePaused(look.nodes, at);
    const over: NodeWish[] = [];
    for (const wish of wishes) {
      if (await this.#fulfil(wish, look, at)) over.push(wish);
    }
    // Who waits for the end of a wish then reads what the node has come to.
    await this.#publish(look.nodes);
    for (const wish of over) await this.#options.store.endNodeWish(this.#options.term.fence, wish);
  }

  /** @returns true when the node was seen as it is wanted. */
  async #fulfil(wish: NodeWish, look: Look, at: number): Promise<boolean> {
    const { engine, owner, term, log } = this.#options;
    const pausedMs = at - (this.#pausedSince.get(wish.node) ?? at);
    const step = planNode(wish, { ...look, storeId: owner.storeId, pausedMs });
    if (step.type === 'done') return true;
    if (step.type === 'wait' || !term.mayAct()) return false;
    const { node, availability } = step;
    try {
      await engine.setAvailability(node, availability);
      log.info({ node: node.hostname, availability }, 'set a node as the operator asked for');
    } catch (err) {
      log.warn({ err, node: node.hostname }, 'a node could not be set, and will be again');
    }
    return false;
  }

  #notePaused(nodes: readonly ObservedNode[], at: number): void {
    for (const { id, availability } of nodes) {
      if (availability !== 'pause') this.#pausedSince.delete(id);
      else if (!this.#pausedSince.has(id)) this.#pausedSince.set(id, at);
    }
  }

  /** Nodes before tasks: what a pause let through is in a list of tasks that was taken after it. */
  async #look(withTasks: boolean): Promise<Look> {
    const { engine } = this.#options;
    const nodes = await engine.listNodes();
    return { nodes, tasks: withTasks ? await engine.listTasks() : [] };
  }

  async #publish(nodes: readonly ObservedNode[]): Promise<void> {
    const { store, term, clock, maxConcurrentTasks } = this.#options;
    const active = this.#options.activeByNode();
    const facts = { active, maxConcurrentTasks, updatedAt: clock.now() };
    const report = clusterReport(nodes, facts);
    await store.publishCluster(term.fence, report);
  }
}
