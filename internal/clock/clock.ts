import { setTimeout as delay } from 'node:timers/promises';

/** Time and timers. The only place that reads the machine's clocks; tests pass one of their own. */
export interface Clock {
  /** Unix time in ms. May jump; use it for what is stored or shown, never to measure a span. */
  now(): number;
  /** Ms from an arbitrary start. Never jumps; use it for leases, deadlines and timeouts. */
  monotonic(): number;
  /** Calls `fn` once after `ms`. The returned function cancels it. Keeps the process alive. */
  after(ms: number, fn: () => void): () => void;
  /** Resolves after `ms`, or as soon as `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
  async sleep(ms, signal) {
    await delay(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
      if (!signal?.aborted) throw error;
    });
  },
};
