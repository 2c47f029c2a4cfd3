import type { Redis } from 'ioredis';
import type { Clock } from '../clock/clock.ts';
import { AppliedStore } from './applied-store.ts';
import { RedisBacklog } from './backlog.ts';
import { CatalogStore } from './catalog-store.ts';
import { WatchedChanges } from './change-log.ts';
import { ChangeStream } from './change-stream.ts';
import { StoreConnection } from './connection.ts';
import { RedisControllerStore } from './controller-store.ts';
import { RedisCronStore } from './cron-store.ts';
import { JobStore } from './job-store.ts';
import { makeKeys } from './keys.ts';
import { RedisLeaseStore } from './lease-store.ts';
import type { LogReader } from './log-ports.ts';
import { LogStore, RelayStore } from './log-store.ts';
import { type StoreMetrics, timedBy } from './metrics.ts';
import { RedisOperatorStore } from './operator-store.ts';
import { RedisOutboxStore } from './outbox-store.ts';
import { PolicyHolders } from './policy-holders.ts';
import type { ChangeLog } from './ports.ts';
import type { Admission } from './redis-watch.ts';
import { SchemaStore } from './schema-store.ts';
import type { StreamWaiter } from './stream-hub.ts';

export { type AclUser, aclFile } from './acl.ts';
export { Backups } from './backup/index.ts';
export {
  beginNewStore,
  type EmbeddedRedis,
  runningEmbeddedRedis,
  startEmbeddedRedis,
} from './embedded-redis.ts';
export * from './errors.ts';
export { kernelPathProblem } from './kernel-path.ts';
export type { StoreMetrics } from './metrics.ts';
export * from './ports.ts';
export { connectRedis, type RedisTarget } from './redis.ts';
export type { Memory } from './redis-state.ts';
export { type Admission, RedisWatch } from './redis-watch.ts';
export { SCHEMA, SchemaError } from './schema.ts';
export { StreamHub, type StreamWaiter } from './stream-hub.ts';

export interface Stores {
  jobs: JobStore;
  catalog: CatalogStore;
  crons: RedisCronStore;
  applied: AppliedStore;
  controller: RedisControllerStore;
  lease: RedisLeaseStore;
  outbox: RedisOutboxStore;
  operator: RedisOperatorStore;
  policies: PolicyHolders;
  /** The controller's part in logs; `openLogs` has the API's. */
  relay: RelayStore;
  schema: SchemaStore;
  /** For metrics. */
  backlog: RedisBacklog;
}

interface StoreOptions {
  /** Is told of every command. */
  metrics?: StoreMetrics;
  /** Most bytes that the outputs of earlier attempts take of one job; 64 MiB unless given. */
  attemptOutputBytes?: number;
  /** Decides whether anything new may come in; all may unless given. */
  admission?: Admission;
}

/** The stores on one connection. `prefix` separates installations that share a Redis. */
export function openStores(
  redis: Redis,
  clock: Clock,
  prefix = 'swarmer:',
  { metrics, attemptOutputBytes, admission }: StoreOptions = {},
): Stores {
  const timed = metrics === undefined ? undefined : timedBy(metrics, clock);
  const keys = makeKeys(prefix);
  const connection = new StoreConnection(redis, keys, timed, attemptOutputBytes, admission);
  return {
    jobs: new JobStore(connection, clock),
    catalog: new CatalogStore(connection),
    crons: new RedisCronStore(connection, clock),
    applied: new AppliedStore(connection),
    controller: new RedisControllerStore(connection),
    lease: new RedisLeaseStore(connection),
    outbox: new RedisOutboxStore(connection),
    operator: new RedisOperatorStore(connection),
    policies: new PolicyHolders(connection),
    relay: new RelayStore(connection),
    schema: new SchemaStore(connection),
    backlog: new RedisBacklog(connection, clock),
  };
}

/** The logs of running tasks, for who reads them. */
export function openLogs(redis: Redis, waiter: StreamWaiter, prefix = 'swarmer:'): LogReader {
  return new LogStore(new StoreConnection(redis, makeKeys(prefix)), waiter);
}

/** The changes of objects, for who watches them. */
export function openChangeLog(
  catalog: CatalogStore,
  waiter: StreamWaiter,
  prefix = 'swarmer:',
): ChangeLog {
  return new WatchedChanges(catalog, waiter, makeKeys(prefix));
}

/** The change stream on a connection of its own. */
export function openChanges(redis: Redis, prefix = 'swarmer:'): ChangeStream {
  return new ChangeStream(redis, makeKeys(prefix).changes);
}
