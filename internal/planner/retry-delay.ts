import {
  type AttemptId,
  attemptKey,
  DEFAULT_RETRY_BACKOFF,
  type JobSpec,
  type RetryBackoff,
} from '../apis/index.ts';

/**
 * How long a failed task waits for its next attempt, in ms: doubling from `baseMs` to `maxMs`, spread
 * over three quarters to five quarters of that. The spread follows from the attempt's identity, so that
 * the same plan made again gives the same delay.
 *
 * @param tries attempts so far that count for the wait, at least 1.
 */
export function retryDelayMs({ retryBackoff }: JobSpec, id: AttemptId, tries: number): number {
  return spread(retryBackoff ?? DEFAULT_RETRY_BACKOFF, id, tries);
}

/** Waits of a task that was lost more than once, or that a node could not start: 1 s, doubling to 30 s. */
const LOSS_BACKOFF: RetryBackoff = { baseMs: 1000, maxMs: 30_000 };

/**
 * How long a task that is lost once more, or that a node could not start, waits, in ms.
 *
 * @param times that it waits so, at least 1.
 */
export function lossDelayMs(id: AttemptId, times: number): number {
  return spread(LOSS_BACKOFF, id, times);
}

function spread({ baseMs, maxMs }: RetryBackoff, id: AttemptId, tries: number): number {
  const mean = Math.min(maxMs, baseMs * 2 ** (tries - 1));
  return Math.round(mean * (0.75 + 0.5 * fraction(attemptKey(id))));
}

/** A number in [0, 1) that follows from a text: FNV-1a. */
function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) / 2 ** 32;
}
