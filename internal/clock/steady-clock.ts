import type { Clock } from './clock.ts';

/**
 * A clock whose `now()` is that of `clock` at this moment, and goes on with the monotonic clock from
 * then: no jump of the wall clock ends a deadline early.
 */
export function steadyClock(clock: Clock): Clock {
  const offset = clock.now() - clock.monotonic();
  return {
    now: () => Math.floor(offset + clock.monotonic()),
    monotonic: () => clock.monotonic(),
    after: (ms, fn) => clock.after(ms, fn),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
}
