/** How often and for how long a callback is tried. Times in ms. */
export interface BackoffPolicy {
  /** Mean wait after the first try. */
  firstMs: number;
  /** Longest mean wait. */
  maxMs: number;
  /** Mean time from the first try to the last. */
  totalMs: number;
}

/** 1 s, 2 s, 4 s … 1 h, then every hour; about 3 days in all (84 tries). */
export const DEFAULT_BACKOFF: BackoffPolicy = {
  firstMs: 1000,
  maxMs: 60 * 60 * 1000,
  totalMs: 3 * 24 * 60 * 60 * 1000,
};

/**
 * How long to wait before the next try, or undefined when there is to be none. Pure.
 *
 * Spread over half to one and a half of the mean, so that the callbacks one outage delayed do not
 * return all at once. The end is counted in tries, not by a clock: neither a jump of the wall clock
 * nor a stopped Swarmer costs a callback any of them.
 *
 * @param attempts tries so far, the one that just failed included.
 * @param random in [0, 1).
 */
export function nextDelayMs(
  policy: BackoffPolicy,
  attempts: number,
  random: number,
): number | undefined {
  if (meanTimeUntil(policy, attempts) >= policy.totalMs) return undefined;
  return Math.round(meanDelay(policy, attempts) * (0.5 + random));
}

function meanDelay(policy: BackoffPolicy, attempts: number): number {
  return Math.min(policy.maxMs, policy.firstMs * 2 ** (Math.max(1, attempts) - 1));
}

/** Mean time from the first try to the try number `attempts`. */
function meanTimeUntil(policy: BackoffPolicy, attempts: number): number {
  let sum = 0;
  for (let n = 1; n < attempts && sum < policy.totalMs; n += 1) sum += meanDelay(policy, n);
  return sum;
}
