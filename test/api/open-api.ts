import type { Redis } from 'ioredis';
import { pino } from 'pino';
import { openAccess } from '../../internal/access/index.ts';
import { systemClock } from '../../internal/clock/clock.ts';
import {
  type ApiOptions,
  createUserApi,
  type Listening,
  listen,
  RateLimits,
} from '../../internal/httpapi/index.ts';
import { Policy } from '../../internal/policy/index.ts';
import {
  connectRedis,
  openChangeLog,
  openLogs,
  openStores,
  type Stores,
  StreamHub,
} from '../../internal/store/index.ts';
import { Traces } from '../../internal/tracing/index.ts';

const log = pino({ level: 'silent' });

/** An API that listens, on a Redis of its own. */
export interface OpenApi {
  stores: Stores;
  redis: Redis;
  /** Base URL. */
  url: string;
  close(): Promise<void>;
}

/**
 * Serves the API on this Redis, to whoever asks; callbacks to 127.0.0.1 are allowed.
 * @param options in place of those that it has.
 */
export async function openApi(
  socketPath: string,
  options: Partial<ApiOptions> = {},
): Promise<OpenApi> {
  const target = { kind: 'unix', path: socketPath } as const;
  const redis = connectRedis(target, log);
  const blocking = connectRedis(target, log, { commandTimeout: 10_000 });
  await Promise.all([redis, blocking].map((client) => client.connect()));
  const hub = new StreamHub({ blocking, redis, prefix: 'swarmer:', clock: systemClock, log });
  const over = new AbortController();
  void hub.run(over.signal);
  const stores = openStores(redis, systemClock);
  const app = createUserApi({
    ...{ jobs: stores.jobs, applier: stores.jobs, catalog: stores.catalog, crons: stores.crons },
    ...{ changes: openChangeLog(stores.catalog, hub), logs: openLogs(redis, hub) },
    requests: { handled() {} },
    traces: new Traces(),
    metricsPage: { contentType: 'text/plain', text: async () => '' },
    ...{
      operator: stores.operator,
      checks: [],
      access: openAccess,
      audit: { write() {} },
      limits: new RateLimits({ perCaller: 0, countLoopback: true, perIntruder: 0 }),
      reports: stores.jobs,
      version: '1.2.3',
    },
    ...{ outputLimitBytes: 1024, clock: systemClock, log, policy: new Policy({}, ['127.0.0.1']) },
    configuration: () => ({ files: [], policyHash: '', policies: () => [] }),
    ...options,
  });
  const listening: Listening = await listen(app, {
    ...{ host: '127.0.0.1', port: 0 },
    ...{ clock: systemClock, log },
  });
  return {
    stores,
    redis,
    url: `http://127.0.0.1:${listening.address.port}`,
    async close() {
      over.abort();
      await listening.close(0);
      for (const client of [redis, blocking]) client.disconnect();
    },
  };
}
