import type { Logger } from 'pino';
import type { Clock } from '../clock/clock.ts';
import type { Settings } from '../config/index.ts';
import {
  Backups,
  connectRedis,
  type RedisTarget,
  runningEmbeddedRedis,
  startEmbeddedRedis,
} from '../store/index.ts';
import { redisTarget } from './redis-target.ts';

interface MaintenanceOptions {
  settings: Settings;
  clock: Clock;
  log: Logger;
}

/**
 * Works on the store of the settings from outside of a server. An embedded Redis that a server runs is
 * used as it is; one that does not run is started for the while.
 * @throws whatever `work` throws, and what keeps Redis from being reached.
 */
export async function withBackups<T>(
  { settings, clock, log }: MaintenanceOptions,
  work: (backups: Backups) => Promise<T>,
): Promise<T> {
  const { target, close } = await openTarget({ settings, clock, log });
  const once = { retryStrategy: null, sentinelRetryStrategy: () => null };
  const redis = connectRedis(target, log, once);
  let why = '';
  redis.on('error', ({ message }: Error) => {
    why = `: ${message}`;
  });
  try {
    await redis.connect().catch((cause: unknown) => {
      const text = `Redis cannot be reached${why}; check REDIS_URL and that it runs`;
      throw new Error(text, { cause });
    });
    return await work(new Backups(redis, clock, settings.redisPrefix));
  } finally {
    redis.disconnect();
    await close();
  }
}

async function openTarget({
  settings,
  clock,
  log,
}: MaintenanceOptions): Promise<{ target: RedisTarget; close: () => Promise<void> }> {
  const close = async () => {};
  if (settings.redis) return { target: redisTarget(settings.redis), close };
  const { dataDir } = settings;
  const running = await runningEmbeddedRedis(dataDir, clock);
  if (running !== undefined) return { target: running, close };
  const embedded = await startEmbeddedRedis({ dataDir, clock, log });
  return { target: embedded.target, close: () => embedded.stop() };
}
