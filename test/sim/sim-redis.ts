import type { Redis } from 'ioredis';
import { pino } from 'pino';
import { connectRedis } from '../../internal/store/index.ts';

/** A value so long that no record of ours is longer. */
const LONG = String(2 ** 30);

/**
 * A database of a Redis that is only the simulation's: every run empties it.
 * Small hashes are told to keep the order of their fields, which else differs from server to server.
 */
export async function openSimRedis(path: string, db: number): Promise<Redis> {
  const redis = connectRedis({ kind: 'unix', path }, pino({ level: 'silent' }), { db });
  await redis.connect();
  await redis.config('SET', 'hash-max-listpack-value', LONG, 'hash-max-listpack-entries', '4096');
  return redis;
}
