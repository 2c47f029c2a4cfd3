import type { Logger } from 'pino';
import type { Clock } from '../clock/clock.ts';
import { askToShutDown, redisState } from './embedded-ask.ts';
import { EmbeddedRedisError } from './embedded-error.ts';
import {
  defaultSocket,
  type Place,
  type RedisRecord,
  readRecord,
  removeRecord,
} from './embedded-place.ts';
import { lifeOf, signalProcess } from './embedded-process.ts';

const POLL_MS = 20;
const PATIENCE_MS = 10_000;

/**
 * Ends the Redis that outlived a killed server, and awaits its end: two of them on one folder would
 * destroy the data. What it acknowledged is on disk, so even a SIGKILL loses nothing.
 *
 * @throws EmbeddedRedisError when something answers on the socket that cannot be ended.
 */
export async function endOrphan(place: Place, clock: Clock, log: Logger): Promise<void> {
  const left = readRecord(place);
  const socketPath = left?.socketPath ?? defaultSocket(place.folder);
  if (await isThere(left, socketPath, clock)) {
    log.warn({ pid: left?.id.pid }, 'a redis of an earlier run is still there: asking it to end');
    await askToShutDown(socketPath, clock);
    if (left && !(await goneWithin(left, socketPath, clock))) signalProcess(left.id, 'SIGKILL');
    if (!(await goneWithin(left, socketPath, clock))) {
      throw new EmbeddedRedisError(
        `a Redis that Swarmer did not start answers on ${socketPath} and does not end: end it by hand.`,
      );
    }
  }
  removeRecord(place);
}

async function goneWithin(
  left: RedisRecord | undefined,
  socketPath: string,
  clock: Clock,
): Promise<boolean> {
  const begun = clock.monotonic();
  while (await isThere(left, socketPath, clock)) {
    if (clock.monotonic() - begun > PATIENCE_MS) return false;
    await clock.sleep(POLL_MS);
  }
  return true;
}

async function isThere(
  left: RedisRecord | undefined,
  socketPath: string,
  clock: Clock,
): Promise<boolean> {
  if (left && lifeOf(left.id) === 'alive') return true;
  return (await redisState(socketPath, clock)) !== 'absent';
}
