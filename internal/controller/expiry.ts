import type { Logger } from 'pino';
import { msToBeat } from '../clock/beat.ts';
import type { Bell } from '../clock/bell.ts';
import type { Clock } from '../clock/clock.ts';
import type { ControllerStore } from '../store/index.ts';
import type { Term } from './elector.ts';

interface ExpiryOptions {
  store: ControllerStore;
  term: Term;
  /** Rung when there is something to remove at once. */
  bell: Bell;
  clock: Clock;
  log: Logger;
}

/** Between looks at what is to be removed, in ms. */
const INTERVAL_MS = 5000;
const BATCH = 100;

/** Removes finished jobs whose time has come, until the term ends. */
export async function removeExpired(options: ExpiryOptions): Promise<void> {
  const { term, bell, clock, log } = options;
  while (!term.signal.aborted) {
    const more = await removeBatch(options).catch((err: unknown) => {
      log.warn({ err }, 'cannot remove finished jobs');
      return false;
    });
    if (!more) await bell.wait(clock, msToBeat(clock, INTERVAL_MS), term.signal);
  }
}

/** @returns true when there may be more. */
async function removeBatch({ store, term, clock, log }: ExpiryOptions): Promise<boolean> {
  const now = clock.now();
  const uids = await store.expiredJobs(now, BATCH);
  for (const uid of uids) {
    if (!term.mayAct()) return false;
    await store.expireJob(term.fence, uid, now);
    log.debug({ job: uid }, 'looked at a finished job whose time has come');
  }
  return uids.length === BATCH;
}
