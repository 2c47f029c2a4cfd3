import type { ClusterReport, NodeWish, SwarmInventory } from '../apis/index.ts';
import { decodeMeta } from './codec.ts';
import type { StoreConnection } from './connection.ts';
import { eventText } from './events.ts';
import { NodeWishes } from './node-wishes.ts';
import { pairsOf } from './pairs.ts';
import type { Fence, ForeignDecision } from './ports.ts';
import { redisTime } from './redis-time.ts';

/** Before a job whose callback still waits is looked at again, in ms. */
const CALLBACK_WAIT_MS = 60_000;

/** What the controller does beside running jobs: removal by age, jobs set aside, other stores. */
export class Housekeeping {
  readonly #connection: StoreConnection;
  readonly #wishes: NodeWishes;

  constructor(connection: StoreConnection) {
    this.#connection = connection;
    this.#wishes = new NodeWishes(connection);
  }

  async expiredJobs(now: number, limit: number): Promise<string[]> {
    const { expiry } = this.#connection.keys;
    return this.#connection.read((redis) =>
      redis.zrangebyscore(expiry, '-inf', now, 'LIMIT', 0, limit),
    );
  }

  async expireJob(fence: Fence, uid: string, now: number): Promise<void> {
    const { keys } = this.#connection;
    const { job, live, waiting, ...others } = keys.job(uid);
    const meta = await this.#connection.read((redis) => redis.hget(job, 'meta'));
    const { namespace, name } = decodeMeta(uid, meta);
    const names = [
      ...[keys.lease, keys.expiry, keys.outbox, keys.versions, keys.watch],
      ...[keys.allJobs, keys.jobsIn(namespace), keys.jobNames(namespace), keys.deadCallbacks],
      ...[job, live, waiting, ...Object.values(others)],
    ];
    const lookAgainAt = now + CALLBACK_WAIT_MS;
    await this.#connection.transition('expire', names, [fence.token, uid, now, name, lookAgainAt]);
  }

  async quarantineJob(fence: Fence, uid: string, message: string): Promise<void> {
    const { keys } = this.#connection;
    const job = keys.job(uid);
    const names = [keys.lease, keys.activeJobs, keys.quarantine, keys.slots, job.live, job.events];
    const event = eventText({ type: 'Quarantined', message });
    await this.#connection.transition('quarantine', names, [fence.token, uid, message, event]);
  }

  async noteForeign(
    fence: Fence,
    counts: ReadonlyMap<string, number>,
  ): Promise<ReadonlyMap<string, ForeignDecision>> {
    const { lease, foreign, foreignDecisions } = this.#connection.keys;
    const args = [fence.token, ...[...counts].flat()];
    const names = [lease, foreign, foreignDecisions];
    return decisionsOf(pairsOf(await this.#connection.transition('note_foreign', names, args)));
  }

  async foreignDecisions(): Promise<ReadonlyMap<string, ForeignDecision>> {
    const key = this.#connection.keys.foreignDecisions;
    return decisionsOf(Object.entries(await this.#connection.read((redis) => redis.hgetall(key))));
  }

  async publishCluster(fence: Fence, report: ClusterReport): Promise<void> {
    const { lease, cluster } = this.#connection.keys;
    const args = [fence.token, JSON.stringify(report)];
    await this.#connection.transition('publish_cluster', [lease, cluster], args);
  }

  async publishInventory(fence: Fence, seen: SwarmInventory): Promise<void> {
    const { lease, inventory } = this.#connection.keys;
    const args = [fence.token, JSON.stringify(seen)];
    await this.#connection.transition('publish_cluster', [lease, inventory], args);
  }

  async redisTime(): Promise<number> {
    return redisTime(this.#connection);
  }

  nodeWishes(): Promise<NodeWish[]> {
    return this.#wishes.list();
  }

  endNodeWish(fence: Fence, wish: NodeWish): Promise<void> {
    return this.#wishes.end(fence, wish);
  }

  async takeIdentity(fence: Fence, storeId: string): Promise<void> {
    const { lease, meta, foreignDecisions, foreign } = this.#connection.keys;
    const names = [lease, meta, foreignDecisions, foreign];
    await this.#connection.transition('take_identity', names, [fence.token, storeId]);
  }
}

function decisionsOf(entries: [string, string][]): ReadonlyMap<string, ForeignDecision> {
  return new Map(entries.map(([id, text]) => [id, text === 'adopt' ? 'adopt' : 'purge']));
}
