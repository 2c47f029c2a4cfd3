import type { Clock } from '../clock/clock.ts';

export interface Backoff {
  /** Delay after the first failure, in ms. Doubles with each further one. */
  baseMs: number;
  /** Longest delay, in ms. */
  maxMs: number;
}

const DEFAULT_BACKOFF: Backoff = { baseMs: 50, maxMs: 10_000 };

/**
 * A queue of keys with the semantics of client-go's workqueue:
 * - a key that waits is there once, however often it is added;
 * - a key that is being processed is handed to nobody else; added meanwhile, it runs again after;
 * - a delayed add never delays an earlier one;
 * - each key backs off by itself, exponentially, until it is forgotten.
 */
export class WorkQueue<K> {
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  /** In the order they came; only keys that are dirty and not being processed. */
  readonly #ready: K[] = [];
  readonly #dirty = new Set<K>();
  readonly #processing = new Set<K>();
  readonly #delayed = new Map<K, { at: number; cancel: () => void }>();
  readonly #failures = new Map<K, number>();
  readonly #waiters: ((key: K | undefined) => void)[] = [];
  #shutDown = false;

  constructor(clock: Clock, backoff: Backoff = DEFAULT_BACKOFF) {
    this.#clock = clock;
    this.#backoff = backoff;
  }

  /** Keys that wait to be taken. */
  get depth(): number {
    return this.#ready.length;
  }

  add(key: K): void {
    if (this.#shutDown || this.#dirty.has(key)) return;
    this.#dirty.add(key);
    if (!this.#processing.has(key)) this.#push(key);
  }

  /** Adds a key after `ms`; the earlier of two such calls for one key wins. */
  addAfter(key: K, ms: number): void {
    if (ms <= 0) {
      this.add(key);
      return;
    }
    const at = this.#clock.monotonic() + ms;
    const earlier = this.#delayed.get(key);
    if (this.#shutDown || (earlier && earlier.at <= at)) return;
    earlier?.cancel();
    const cancel = this.#clock.after(ms, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { at, cancel });
  }

  /** Adds a key that failed, after a delay that grows with each failure. */
  addRateLimited(key: K): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.addAfter(key, Math.min(this.#backoff.baseMs * 2 ** failures, this.#backoff.maxMs));
  }

  /** Ends a key's back-off: its next failure is its first. */
  forget(key: K): void {
    this.#failures.delete(key);
  }

  /** The next key, as soon as there is one; undefined once the queue is shut down. Pair with `done`. */
  get(): Promise<K | undefined> {
    if (this.#shutDown) return Promise.resolve(undefined);
    const key = this.#ready.shift();
    if (key === undefined) return new Promise((resolve) => this.#waiters.push(resolve));
    return Promise.resolve(this.#take(key));
  }

  /** Gives a key back. If it was added meanwhile, it waits again. */
  done(key: K): void {
    this.#processing.delete(key);
    if (this.#dirty.has(key)) this.#push(key);
  }

  /** Drops all keys, ends all waiting. What is being processed may finish. */
  shutDown(): void {
    this.#shutDown = true;
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    this.#ready.length = 0;
    this.#dirty.clear();
    for (const resolve of this.#waiters.splice(0)) resolve(undefined);
  }

  #push(key: K): void {
    const waiter = this.#waiters.shift();
    if (waiter) waiter(this.#take(key));
    else this.#ready.push(key);
  }

  #take(key: K): K {
    this.#dirty.delete(key);
    this.#processing.add(key);
    return key;
  }
}
