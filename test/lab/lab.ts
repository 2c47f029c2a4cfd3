import { LabHandle } from './handle.ts';
import { cleanLocked } from './leftovers.ts';
import { withLock } from './lock.ts';
import { createNetwork } from './network.ts';
import type { LabNode } from './node.ts';
import { healNode, killNode, partitionNode, reviveNode } from './node-faults.ts';
import { type Redis, startRedis } from './redis.ts';
import type { ImageName } from './rootfs.ts';
import { claimLab, type LabState } from './state.ts';
import { startSwarm } from './swarm.ts';
import { tearDown } from './teardown.ts';
import { allSettled } from './wait.ts';

export interface LabOptions {
  /** Starts a swarm: `true` is one manager. Default false. */
  swarm?: boolean | { managers: number; workers?: number };
  /** Further arguments of every engine. */
  engineArgs?: readonly string[];
  /** Starts a Redis as `lab.redis`. Default false. Tests may start more by `lab.startRedis()`. */
  redis?: boolean;
  /** Images to make on every node. Default none. */
  images?: readonly ImageName[];
  /**
   * The kernel kills the lab's processes when the thread that started the lab ends, however it
   * ends. Default true; false serves tests of what a killed owner leaves behind.
   */
  dieWithOwner?: boolean;
}

/** A running lab of this process. */
export class Lab extends LabHandle {
  readonly #state: LabState;
  readonly #redis: Redis | undefined;
  readonly #dieWithOwner: boolean;

  constructor(
    state: LabState,
    { nodes, redis, dieWithOwner }: { nodes: LabNode[]; redis?: Redis; dieWithOwner: boolean },
  ) {
    super({ ...state, nodes });
    this.#state = state;
    this.#redis = redis;
    this.#dieWithOwner = dieWithOwner;
  }

  /** @throws Error unless started with `redis: true`. */
  get redis(): Redis {
    if (!this.#redis) throw new Error(`${this.id} has no Redis; use startLab({ redis: true })`);
    return this.#redis;
  }

  /** SIGKILLs a node's init: all in the node dies with it, as in a power cut. Its data stays. */
  killNode(node: LabNode): Promise<void> {
    return killNode(this.#state, node);
  }

  /**
   * Starts a killed node again on its data, with its address and its place in the swarm, and awaits
   * that it is back there. `node` is brought up to date; handles in other processes are not.
   */
  reviveNode(node: LabNode): Promise<void> {
    const index = this.nodes.indexOf(node);
    if (index < 0) throw new Error(`${node.hostname} is not a node of ${this.id}`);
    return reviveNode({ lab: this.#state, index, dieWithOwner: this.#dieWithOwner }, node);
  }

  /** Cuts a node off from the network; all in it runs on. */
  partition(node: LabNode): Promise<void> {
    return partitionNode(this.#state, node);
  }

  /** Ends {@link partition}. It does not wait until the swarm has noticed. */
  heal(node: LabNode): Promise<void> {
    return healNode(this.#state, node);
  }

  /** Removes all of it, without asking anything to stop in order. May be called again. */
  async stop(): Promise<void> {
    await tearDown(this.#state);
  }
}

/**
 * Starts a private lab: its own network, nodes, engines and Redis, beside any others on this
 * machine. First removes what killed runs left. Needs root and what `install.sh` installs.
 *
 * @throws Error when something does not start; nothing of the lab is left then.
 */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  if (process.getuid?.() !== 0) throw new Error('the lab makes network namespaces: run it as root');
  const state = await withLock(async () => {
    await cleanLocked();
    return claimLab();
  });
  try {
    return await fill(state, options);
  } catch (error) {
    await tearDown(state);
    throw error;
  }
}

async function fill(state: LabState, options: LabOptions): Promise<Lab> {
  const { swarm, redis, images = [], engineArgs = [], dieWithOwner = true } = options;
  const managers = swarm === true ? 1 : swarm ? swarm.managers : 0;
  const workers = typeof swarm === 'object' ? (swarm.workers ?? 0) : 0;
  await createNetwork(state, { dieWithOwner });
  const [server, nodes] = await allSettled([
    redis ? startRedis({ dir: state.dir, dieWithOwner }) : undefined,
    managers > 0 ? startSwarm({ lab: state, managers, workers, dieWithOwner, engineArgs }) : [],
  ]);
  const lab = new Lab(state, { nodes, dieWithOwner, ...(server && { redis: server }) });
  for (const name of images) await lab.ensureImage(name);
  return lab;
}
