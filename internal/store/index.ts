import type { Redis } from 'ioredis';
import type { Clock } from '../clock/clock.ts';
import { ChangeStream } from './change-stream.ts';
import { StoreConnection } from './connection.ts';
import { RedisControllerStore } from './controller-store.ts';
import { JobStore } from './job-store.ts';
import { makeKeys } from './keys.ts';
import { RedisLeaseStore } from './lease-store.ts';
import { RedisOutboxStore } from './outbox-store.ts';

export * from './errors.ts';
export * from './ports.ts';
export { connectRedis, type RedisTarget } from './redis.ts';

export interface Stores {
  jobs: JobStore;
  controller: RedisControllerStore;
  lease: RedisLeaseStore;
  outbox: RedisOutboxStore;
}

/** The stores on one connection. `prefix` separates installations that share a Redis. */
export function openStores(redis: Redis, clock: Clock, prefix = 'swarmer:'): Stores {
  const connection = new StoreConnection(redis, makeKeys(prefix));
  return {
    jobs: new JobStore(connection, clock),
    controller: new RedisControllerStore(connection),
    lease: new RedisLeaseStore(connection),
    outbox: new RedisOutboxStore(connection),
  };
}

/** The change stream on a connection of its own. */
export function openChanges(redis: Redis, prefix = 'swarmer:'): ChangeStream {
  return new ChangeStream(redis, makeKeys(prefix).changes);
}
