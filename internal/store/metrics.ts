import type { Clock } from '../clock/clock.ts';

/** What the store tells whoever measures it. Calls must be cheap and must not throw. */
export interface StoreMetrics {
  /**
   * Redis answered, or did not.
   * @param command a transition, or `read` for all that only reads.
   */
  called(command: string, seconds: number, failed: boolean): void;
}

/** Runs a call to Redis, whose name is `command`. */
export type Timed = <T>(command: string, call: () => Promise<T>) => Promise<T>;

/** For whoever does not measure. */
export const untimed: Timed = (_command, call) => call();

/** Runs calls and tells how long each took. */
export function timedBy(metrics: StoreMetrics, clock: Clock): Timed {
  return async (command, call) => {
    const begun = clock.monotonic();
    let failed = true;
    try {
      const answer = await call();
      failed = false;
      return answer;
    } finally {
      metrics.called(command, (clock.monotonic() - begun) / 1000, failed);
    }
  };
}
