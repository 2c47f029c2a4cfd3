import pRetry, { AbortError } from 'p-retry';
import type { Clock } from '../clock/clock.ts';
import { post } from './post.ts';
import type { Timing } from './timing.ts';
import { describeAnswer, retryAfterMs, verdictOf } from './verdict.ts';

export interface DeliverOptions {
  clock: Clock;
  timing: Timing;
  /** Ends the tries. */
  signal: AbortSignal;
}

class TryAgain extends Error {
  readonly waitMs: number;

  constructor(message: string, waitMs: number) {
    super(message);
    this.waitMs = waitMs;
  }
}

/** Some network errors of Node have a code and an empty message (AggregateError). */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
}

async function tryOnce(url: URL, body: Buffer, options: DeliverOptions): Promise<void> {
  const { clock, timing, signal } = options;
  const answer = await post(url, body, { clock, timeoutMs: timing.tryMs, signal }).catch(
    (error: unknown) => {
      throw new TryAgain(messageOf(error), 0);
    },
  );
  const verdict = verdictOf(answer);
  if (verdict === 'delivered') return;
  if (verdict === 'refused') throw new AbortError(describeAnswer(answer));
  const waitMs = retryAfterMs(answer.retryAfter, clock.now(), timing.maxRetryAfterMs);
  throw new TryAgain(describeAnswer(answer), waitMs);
}

/**
 * Posts `body` to `url` until it is taken, refused, or `signal` aborts. Pauses grow exponentially,
 * with jitter, so that the tasks of a job that ended together do not come back together; a
 * `Retry-After` comes on top.
 *
 * Never rejects: resolves to undefined when delivered, else to what stood in the way, without the
 * token.
 */
export async function deliver(
  url: URL,
  body: Buffer,
  options: DeliverOptions,
): Promise<string | undefined> {
  const { clock, timing, signal } = options;
  let problem = 'there was no time to try';
  try {
    await pRetry(() => tryOnce(url, body, options), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: timing.minDelayMs,
      maxTimeout: timing.maxDelayMs,
      randomize: true,
      signal,
      onFailedAttempt: async ({ error }) => {
        if (!signal.aborted) problem = error.message;
        const waitMs = error instanceof TryAgain ? error.waitMs : 0;
        if (waitMs > 0) await clock.sleep(waitMs, signal);
      },
    });
    return undefined;
  } catch (error) {
    return signal.aborted ? problem : messageOf(error);
  }
}
