import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';
import { StoreError } from './errors.ts';

/** Redis as the settings name it. */
export type RedisTarget =
  | { kind: 'url'; url: string }
  | { kind: 'unix'; path: string }
  | { kind: 'sentinel'; sentinels: { host: string; port: number }[]; name: string };

const MAX_RECONNECT_DELAY_MS = 1000;
const COMMAND_TIMEOUT_MS = 5000;

/**
 * A connection that fails fast: while Redis is away every command is refused at once, so that the
 * API can answer 503 and the controller can back off. Reconnects by itself for ever.
 */
export function connectRedis(
  target: RedisTarget,
  log: Logger,
  overrides: RedisOptions = {},
): Redis {
  const options: RedisOptions = {
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    lazyConnect: true,
    retryStrategy: (tries) => Math.min(25 * 2 ** Math.min(tries, 10), MAX_RECONNECT_DELAY_MS),
    ...overrides,
  };
  const redis = open(target, options);
  redis.on('error', (err: Error) => log.warn({ err }, 'redis connection failed'));
  return redis;
}

function open(target: RedisTarget, options: RedisOptions): Redis {
  switch (target.kind) {
    case 'url':
      return new Redis(target.url, options);
    case 'unix':
      return new Redis({ ...options, path: target.path });
    case 'sentinel':
      return new Redis({ ...options, sentinels: target.sentinels, name: target.name });
  }
}

/** Replies with which Redis says that it cannot serve at present, whatever was asked. */
const REFUSALS =
  /^(READONLY|OOM|NOREPLICAS|LOADING|MISCONF|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY)\b/;

/** Runs a call and turns "Redis is away, or does not take writes" into a `StoreError`. */
export async function guarded<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof StoreError || error instanceof TypeError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const refusedByScript = error instanceof Error && error.name === 'ReplyError';
    if (refusedByScript && !REFUSALS.test(message.replace(/^ERR .*?: -?/, ''))) throw error;
    throw new StoreError('Unavailable', `Redis is not available: ${message}`, [], error);
  }
}
