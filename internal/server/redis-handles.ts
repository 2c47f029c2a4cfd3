import type { Logger } from 'pino';
import type { Clock } from '../clock/clock.ts';
import type { Settings } from '../config/index.ts';
import {
  type ChangeLog,
  connectRedis,
  type EmbeddedRedis,
  type LogReader,
  openChangeLog,
  openChanges,
  openLogs,
  openStores,
  RedisWatch,
  type StoreMetrics,
  type Stores,
  StreamHub,
  startEmbeddedRedis,
} from '../store/index.ts';
import { redisTarget } from './redis-target.ts';

/** The stores of this process, on connections of its own. */
export interface RedisHandles {
  stores: Stores;
  changes: ReturnType<typeof openChanges>;
  /** Waits for streams on behalf of all requests. Has to run for anybody to be woken. */
  hub: StreamHub;
  logs: LogReader;
  changeLog: ChangeLog;
  watch: RedisWatch;
  /** Rejects while Redis does not answer, refuses to write, or must not be trusted with jobs. */
  check(): Promise<void>;
  /** Whether there is a connection now. */
  connected(): boolean;
  /** Disconnects, and ends the embedded Redis. */
  close(): Promise<void>;
}

/** How long the first connections are awaited at the start. */
const CONNECT_TIMEOUT_MS = 5000;
/** Reads of streams block for some seconds: their replies may take that much longer. */
const BLOCKING_TIMEOUT_MS = 10_000;

/**
 * Connects to the Redis of the settings, or starts the embedded one. A Redis that is away is no error:
 * the connections are made as soon as it is there.
 * @throws EmbeddedRedisError when the embedded Redis cannot be started; SettingsError when a file of
 *   its TLS cannot be read.
 */
export async function openRedis(
  settings: Settings,
  clock: Clock,
  log: Logger,
  metrics: StoreMetrics,
): Promise<RedisHandles> {
  const { dataDir, redisPrefix, attemptOutputBytes } = settings;
  const embedded: EmbeddedRedis | undefined = settings.redis
    ? undefined
    : await startEmbeddedRedis({ dataDir, clock, log });
  const target = settings.redis ? redisTarget(settings.redis) : embedded?.target;
  if (target === undefined) throw new Error('there is neither a Redis setting nor an embedded one');
  // What is asked for at one time goes as one: one write, one answer, and one fsync of an embedded Redis.
  const redis = connectRedis(target, log, { enableAutoPipelining: true });
  const blocking = connectRedis(target, log, { commandTimeout: BLOCKING_TIMEOUT_MS });
  const waiting = connectRedis(target, log, { commandTimeout: BLOCKING_TIMEOUT_MS });
  const hub = new StreamHub({ blocking: waiting, redis, prefix: redisPrefix, clock, log });
  await connected([redis, blocking, waiting], clock, log);
  const watch = new RedisWatch({ redis, clock, log });
  const storing = { metrics, attemptOutputBytes, admission: watch };
  const stores = openStores(redis, clock, redisPrefix, storing);
  return {
    stores,
    watch,
    changes: openChanges(blocking, redisPrefix),
    hub,
    logs: openLogs(redis, hub, redisPrefix),
    changeLog: openChangeLog(stores.catalog, hub, redisPrefix),
    connected: () => redis.status === 'ready',
    async check() {
      if (watch.unfit !== undefined) throw new Error(watch.unfit);
      await stores.schema.checkWrites();
    },
    async close() {
      redis.disconnect();
      blocking.disconnect();
      waiting.disconnect();
      await embedded?.stop();
    },
  };
}

/** Awaits the first connections, for a while: sentinels that are away are asked again for ever. */
async function connected(
  clients: readonly ReturnType<typeof connectRedis>[],
  clock: Clock,
  log: Logger,
): Promise<void> {
  const over = new AbortController();
  const all = Promise.all(clients.map((client) => client.connect().catch(noteAbsence(log))));
  void all.then(() => over.abort());
  await clock.sleep(CONNECT_TIMEOUT_MS, over.signal);
}

function noteAbsence(log: Logger): (err: unknown) => void {
  return (err) =>
    log.error({ err }, 'Redis cannot be reached yet: check REDIS_URL and that it runs');
}
