import type { ClusterReport, NodeWish, SwarmInventory } from '../apis/index.ts';
import type { StoreConnection } from './connection.ts';
import { StoreError } from './errors.ts';
import { NodeWishes } from './node-wishes.ts';
import type { ForeignDecision, ForeignStore, OperatorStore } from './ports.ts';
import { redisTime } from './redis-time.ts';
import { tell } from './tell.ts';

/** What needs a person: jobs that were set aside, and services of another store. */
export class RedisOperatorStore implements OperatorStore {
  readonly #connection: StoreConnection;
  readonly #wishes: NodeWishes;

  constructor(connection: StoreConnection) {
    this.#connection = connection;
    this.#wishes = new NodeWishes(connection);
  }

  async quarantined(): Promise<{ uid: string; message: string }[]> {
    const { quarantine } = this.#connection.keys;
    const jobs = await this.#connection.read((redis) => redis.hgetall(quarantine));
    return Object.entries(jobs).map(([uid, message]) => ({ uid, message }));
  }

  async releaseJob(uid: string): Promise<void> {
    const { keys } = this.#connection;
    const { live } = keys.job(uid);
    const names = [keys.activeJobs, keys.quarantine, keys.slots, live, keys.changes];
    await this.#connection.transition('release_job', names, [uid]);
  }

  async cluster(): Promise<{ report?: ClusterReport; slotsUsed: number }> {
    const { cluster, slots } = this.#connection.keys;
    const [text, used] = await this.#connection.read((redis) => redis.mget(cluster, slots));
    const slotsUsed = Number(used ?? 0);
    return text ? { report: JSON.parse(text) as ClusterReport, slotsUsed } : { slotsUsed };
  }

  async inventory(): Promise<{ inventory?: SwarmInventory; now: number }> {
    const key = this.#connection.keys.inventory;
    const text = await this.#connection.read((redis) => redis.get(key));
    const now = await redisTime(this.#connection);
    return text === null ? { now } : { inventory: JSON.parse(text) as SwarmInventory, now };
  }

  askInventory(): Promise<void> {
    return tell(this.#connection, 'inventory');
  }

  nodeWishes(): Promise<NodeWish[]> {
    return this.#wishes.list();
  }

  wishNode(wish: NodeWish): Promise<void> {
    return this.#wishes.put(wish);
  }

  async foreignStores(): Promise<ForeignStore[]> {
    const { foreign, foreignDecisions } = this.#connection.keys;
    const [found, decisions] = await this.#connection.read((redis) =>
      Promise.all([redis.hgetall(foreign), redis.hgetall(foreignDecisions)]),
    );
    return Object.entries(found).map(([storeId, services]) => {
      const decision = decisions[storeId];
      const store: ForeignStore = { storeId, services: Number(services) };
      if (decision === 'purge' || decision === 'adopt') store.decision = decision;
      return store;
    });
  }

  async decideForeign(storeId: string, decision: ForeignDecision): Promise<void> {
    const { foreign, foreignDecisions } = this.#connection.keys;
    const known = await this.#connection.read((redis) => redis.hexists(foreign, storeId));
    if (known === 0) throw new StoreError('NotFound', `no services of store ${storeId} were found`);
    await this.#connection.read((redis) => redis.hset(foreignDecisions, storeId, decision));
  }
}
