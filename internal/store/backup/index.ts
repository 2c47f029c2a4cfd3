import type { Writable } from 'node:stream';
import type { Redis } from 'ioredis';
import type { Clock } from '../../clock/clock.ts';
import { StoreConnection } from '../connection.ts';
import { makeKeys } from '../keys.ts';
import { RedisLeaseStore } from '../lease-store.ts';
import { SchemaStore } from '../schema-store.ts';
import { type Captured, capture } from './capture.ts';
import { writeBackup } from './file.ts';
import { FORMAT } from './format.ts';
import { type Restored, type RestoreOptions, restoreBackup } from './restore.ts';

/** Backups of the store of this prefix. */
export class Backups {
  readonly #connection: StoreConnection;
  readonly #prefix: string;
  readonly #clock: Clock;

  constructor(redis: Redis, clock: Clock, prefix: string) {
    this.#connection = new StoreConnection(redis, makeKeys(prefix));
    this.#prefix = prefix;
    this.#clock = clock;
  }

  /**
   * Writes what is stored into a file or a stream, while it is in use.
   * @param version of Swarmer.
   * @throws SchemaError when the store is not whole, or a newer version's.
   */
  async backup(path: string | Writable, version: string): Promise<Captured> {
    const connection = this.#connection;
    const schema = await new SchemaStore(connection).check();
    const { token } = await new RedisLeaseStore(connection).readLease();
    // Asked for as a server does it would be a write, which a Redis that is full refuses.
    const storeId = await connection.read((redis) => redis.hget(connection.keys.meta, 'storeId'));
    const header = {
      ...{ swarmer: 'backup' as const, format: FORMAT, schema, fence: token, version },
      storeId: storeId ?? (await connection.storeId()),
      createdAt: new Date(this.#clock.now()).toISOString(),
    };
    return writeBackup(path, header, capture(connection, this.#prefix));
  }

  /** Puts the store to what a file holds; see {@link restoreBackup}. */
  restore(options: RestoreOptions): Promise<Restored> {
    return restoreBackup(this.#connection, this.#prefix, this.#clock, options);
  }
}
