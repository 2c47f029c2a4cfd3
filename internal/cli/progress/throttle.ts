import type { Clock } from '../../clock/clock.ts';

/** Calls a function when asked to, but not more often than once in a while; the last wish is granted. */
export class Throttle {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #fn: () => void;
  #last = -Infinity;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, intervalMs: number, fn: () => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#fn = fn;
  }

  /** Now, or as soon as the interval is over. */
  ask(): void {
    if (this.#cancel !== undefined) return;
    const wait = this.#last + this.#intervalMs - this.#clock.monotonic();
    if (wait <= 0) this.flush();
    else this.#cancel = this.#clock.after(wait, () => this.flush());
  }

  /** Now, whether asked or not. */
  flush(): void {
    this.stop();
    this.#last = this.#clock.monotonic();
    this.#fn();
  }

  /** Forgets what was asked for. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
