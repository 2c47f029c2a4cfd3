import type { PolicyHolder } from '../apis/index.ts';
import type { StoreConnection } from './connection.ts';
import { redisTime } from './redis-time.ts';

/** Age in ms from which a process that has said nothing more is gone. */
const GONE_MS = 20_000;

/** Which policy each process of Swarmer holds, as it said last. */
export class PolicyHolders {
  readonly #connection: StoreConnection;

  constructor(connection: StoreConnection) {
    this.#connection = connection;
  }

  /** Says what this process holds. @returns what all processes do that are there, this one too. */
  async publish(own: Omit<PolicyHolder, 'at'>): Promise<PolicyHolder[]> {
    const { policies } = this.#connection.keys;
    const at = await redisTime(this.#connection);
    const all = await this.#connection.read(async (redis) => {
      await redis.hset(policies, own.process, JSON.stringify({ ...own, at }));
      return redis.hgetall(policies);
    });
    const holders = Object.values(all).map((text) => JSON.parse(text) as PolicyHolder);
    const gone = holders.filter((holder) => at - holder.at >= GONE_MS);
    for (const { process } of gone) await this.withdraw(process);
    return holders.filter((holder) => !gone.includes(holder));
  }

  /** A process ends. */
  async withdraw(process: string): Promise<void> {
    const { policies } = this.#connection.keys;
    await this.#connection.read((redis) => redis.hdel(policies, process));
  }
}
