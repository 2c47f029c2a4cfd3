import { randomFillSync } from 'node:crypto';
import { ulid } from 'ulid';
import type { Clock } from '../clock/clock.ts';

/** Makes ULIDs of the present: they sort by the time at which they were made. */
export type NewId = () => string;

const POOL_BYTES = 4096;

/** Random bytes are had by the page: asked for one by one they take most of the time of an id. */
export function idMaker(clock: Clock): NewId {
  const pool = Buffer.alloc(POOL_BYTES);
  let next = POOL_BYTES;
  // From 0 to 1, of 256 values: an id takes five bits of each.
  const random = () => {
    if (next === POOL_BYTES) {
      randomFillSync(pool);
      next = 0;
    }
    return pool.readUInt8(next++) / 256;
  };
  return () => ulid(clock.now(), random);
}
