import type { StoreConnection } from './connection.ts';
import type { Fence, LeaseRecord, LeaseStore } from './ports.ts';

/**
 * The lease, without an expiry in Redis: its age is judged by those who wait, each by its own
 * monotonic clock, from when they last saw it change. A jump of any wall clock ends no lease.
 */
export class RedisLeaseStore implements LeaseStore {
  readonly #connection: StoreConnection;

  constructor(connection: StoreConnection) {
    this.#connection = connection;
  }

  async readLease(): Promise<LeaseRecord> {
    const [holder, token, beat] = await this.#connection.read((redis) =>
      redis.hmget(this.#connection.keys.lease, 'holder', 'token', 'beat'),
    );
    return { holder: holder ?? '', token: Number(token ?? 0), beat: Number(beat ?? 0) };
  }

  async acquireLease(holder: string, seen: LeaseRecord): Promise<Fence | undefined> {
    const args = [holder, seen.holder, seen.token, seen.beat];
    const token = await this.#connection.number('acquire_lease', this.#keys(), args);
    return token === 0 ? undefined : { token };
  }

  async renewLease(holder: string, { token }: Fence): Promise<boolean> {
    return (await this.#connection.number('renew_lease', this.#keys(), [holder, token])) === 1;
  }

  async releaseLease(holder: string, { token }: Fence): Promise<void> {
    await this.#connection.number('release_lease', this.#keys(), [holder, token]);
  }

  #keys(): string[] {
    return [this.#connection.keys.lease];
  }
}
