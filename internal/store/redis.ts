import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';
import { StoreError } from './errors.ts';

/** Redis as the settings name it, and who asks it. */
export type RedisTarget = RedisPlace & {
  username?: string;
  password?: string;
  /** Present for a connection by TLS; of the sentinels too. PEM texts. */
  tls?: { ca?: string; cert?: string; key?: string; serverName?: string };
};

type RedisPlace =
  | { kind: 'url'; url: string }
  | { kind: 'unix'; path: string }
  | {
      kind: 'sentinel';
      sentinels: { host: string; port: number }[];
      name: string;
      db?: number;
      sentinelUsername?: string;
      sentinelPassword?: string;
    };

/**
 * A Redis whose container or machine is gone closes no connection: nobody is left to say so, and the
 * kernel would wait for minutes. So a command without an answer ends its connection, and the next one
 * is made to where the name leads by then.
 */
class Client extends Redis {
  override sendCommand(...args: Parameters<Redis['sendCommand']>): unknown {
    const [command] = args;
    command.promise.catch((error: unknown) => {
      if (error instanceof Error && error.message === TIMED_OUT) this.disconnect(true);
    });
    return super.sendCommand(...args);
  }
}

/** In the words of ioredis, which has no code for it. */
const TIMED_OUT = 'Command timed out';
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
    // A claim whose reply was lost must not be made once more: it would take further tasks.
    autoResendUnfulfilledCommands: false,
    lazyConnect: true,
    // It names the library to Redis, by a command that no user of ours needs.
    disableClientInfo: true,
    retryStrategy: (tries) => Math.min(25 * 2 ** Math.min(tries, 10), MAX_RECONNECT_DELAY_MS),
    ...overrides,
  };
  const redis = open(target, options);
  redis.on('error', (cause: Error) => {
    const err = new StoreError(
      'Unavailable',
      `Redis is not available: ${cause.message}`,
      [],
      cause,
    );
    log.warn({ err }, 'redis connection failed');
  });
  return redis;
}

function open(target: RedisTarget, own: RedisOptions): Redis {
  const { username, password, tls } = target;
  const options: RedisOptions = {
    ...own,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls: tlsOptions(tls) }),
  };
  switch (target.kind) {
    case 'url':
      return new Client(target.url, options);
    case 'unix':
      return new Client({ ...options, path: target.path });
    case 'sentinel':
      return new Client({ ...options, ...sentinelOptions(target) });
  }
}

function tlsOptions({ serverName, ...pem }: NonNullable<RedisTarget['tls']>) {
  return { ...pem, ...(serverName === undefined ? {} : { servername: serverName }) };
}

/** The sentinels are asked anew for every connection. */
function sentinelOptions(target: Extract<RedisTarget, { kind: 'sentinel' }>): RedisOptions {
  const { sentinels, name, db, sentinelUsername, sentinelPassword, tls } = target;
  return {
    // A master that hangs closes no connection: its sentinels tell of the new one.
    ...{ sentinels, name, failoverDetector: true, sentinelCommandTimeout: COMMAND_TIMEOUT_MS },
    ...(tls === undefined ? {} : { sentinelTLS: tlsOptions(tls), enableTLSForSentinelMode: true }),
    ...(db === undefined ? {} : { db }),
    ...(sentinelUsername === undefined ? {} : { sentinelUsername }),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    // One that was the master before takes no writes: the sentinels know who does.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
  };
}

/** Replies with which Redis says that it cannot serve at present, whatever was asked. */
const REFUSALS =
  /(?:^|: -)(READONLY|OOM|NOREPLICAS|LOADING|MISCONF|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|NOAUTH|WRONGPASS|NOPERM)\b|ACL failure in script|user executing the script/;

/** Of these the words are Redis' own, for whoever asked: nothing in them is secret, and nothing was written. */
const OWN_WORDS =
  /(?:^|: -)((?:READONLY|OOM|NOREPLICAS|LOADING|MISCONF|MASTERDOWN) .*?)(?: script: .*)?$/;

/** Runs a call and turns "Redis is away, or does not take writes" into a `StoreError`. */
export async function guarded<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof StoreError || error instanceof TypeError) throw error;
    const message = messageOf(error);
    const replied = error instanceof Error && error.name === 'ReplyError';
    if (replied && !REFUSALS.test(message)) throw error;
    const [, words] = OWN_WORDS.exec(message) ?? [];
    const details = words === undefined ? [] : [`Redis says: ${words}`];
    throw new StoreError('Unavailable', `Redis is not available: ${message}`, details, error);
  }
}

/** A transaction of which a command was refused says only that; why stands in the earlier replies. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const earlier: unknown = 'previousErrors' in error ? error.previousErrors : undefined;
  const first: unknown = Array.isArray(earlier) ? earlier[0] : undefined;
  return first instanceof Error ? first.message : error.message;
}
