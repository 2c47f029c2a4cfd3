import type { StoreConnection } from './connection.ts';

/** Unix time in ms by the clock of Redis, which all processes share. */
export async function redisTime(connection: StoreConnection): Promise<number> {
  const [seconds, micros] = await connection.read((redis) => redis.time());
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}
