import type { Clock } from '../clock/clock.ts';
import { FifoSet } from './fifo-set.ts';

export interface Backoff {
  /** Delay after the first failure, in ms. Doubles with each further one. */
  baseMs: number;
  /** Longest delay, in ms. */
  maxMs: number;
}

const DEFAULT_BACKOFF: Backoff = { baseMs: 50, maxMs: 10_000 };

/** Of so many keys, one is of those that were not added first, if there is any. */
const TURNS = 4;

/**
 * A queue of keys with the semantics of client-go's workqueue:
 * - a key that waits is there once, however often it is added;
 * - a key that is being processed is handed to nobody else; added meanwhile, it runs again after;
 * - a delayed add never delays an earlier one;
 * - each key backs off by itself, exponentially, until it is forgotten.
 * Beyond that, a key can be added before all that wait; of every four that are handed out one is taken from
 * those all the same.
 */
export class WorkQueue<K> {
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  /** Keys that are dirty and not being processed, in the order they came: those to go first, and the rest. */
  readonly #first = new FifoSet<K>();
  readonly #rest = new FifoSet<K>();
  #turn = 0;
  /** Keys to hand out, or to hand out again, and whether they go first. */
  readonly #dirty = new Map<K, boolean>();
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
    return this.#first.size + this.#rest.size;
  }

  add(key: K): void {
    if (!this.#dirty.has(key)) this.#put(key, false);
  }

  /** Adds a key before all that were added otherwise; one that waits already, too. */
  addFirst(key: K): void {
    if (this.#dirty.get(key) !== true) this.#put(key, true);
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
    const key = this.#next();
    if (key === undefined) return new Promise((resolve) => this.#waiters.push(resolve));
    return Promise.resolve(this.#take(key));
  }

  /** Gives a key back. If it was added meanwhile, it waits again. */
  done(key: K): void {
    this.#processing.delete(key);
    const isFirst = this.#dirty.get(key);
    if (isFirst !== undefined) this.#push(key, isFirst);
  }

  /** Drops all keys, ends all waiting. What is being processed may finish. */
  shutDown(): void {
    this.#shutDown = true;
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    this.#first.clear();
    this.#rest.clear();
    this.#dirty.clear();
    for (const resolve of this.#waiters.splice(0)) resolve(undefined);
  }

  #put(key: K, isFirst: boolean): void {
    if (this.#shutDown) return;
    this.#dirty.set(key, isFirst);
    if (!this.#processing.has(key)) this.#push(key, isFirst);
  }

  #push(key: K, isFirst: boolean): void {
    const waiter = this.#waiters.shift();
    if (waiter) waiter(this.#take(key));
    else if (isFirst) {
      this.#rest.delete(key);
      this.#first.add(key);
    } else this.#rest.add(key);
  }

  #next(): K | undefined {
    this.#turn = (this.#turn + 1) % TURNS;
    const [one, other] = this.#turn === 0 ? [this.#rest, this.#first] : [this.#first, this.#rest];
    return one.shift() ?? other.shift();
  }

  #take(key: K): K {
    this.#dirty.delete(key);
    this.#processing.add(key);
    return key;
  }
}
