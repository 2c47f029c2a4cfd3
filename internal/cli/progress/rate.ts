/** A count at a time. */
interface Sample {
  /** Ms, of a clock that does not jump. */
  at: number;
  done: number;
}

/** How far back the rate looks: short enough to follow a change, long enough not to flicker. */
const RATE_WINDOW_MS = 60_000;
const LEAST_SPAN_MS = 1000;

/** How fast a count grows, over the last minute. */
export class Rate {
  readonly #windowMs: number;
  #samples: Sample[] = [];

  constructor(windowMs = RATE_WINDOW_MS) {
    this.#windowMs = windowMs;
  }

  /** Notes that `done` was reached at `at` (ms). A smaller count than before starts anew: a retry. */
  record(at: number, done: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && done < last.done) this.#samples = [];
    if (last !== undefined && done === last.done) return;
    this.#samples.push({ at, done });
    this.#forget(at);
  }

  /**
   * Per second, as of `now`: it falls while nothing happens.
   * Undefined until there is something to go by.
   */
  perSecond(now: number): number | undefined {
    this.#forget(now);
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.done === first.done) return undefined;
    const span = now - first.at;
    return span < LEAST_SPAN_MS ? undefined : ((last.done - first.done) * 1000) / span;
  }

  /** Ms until `total`, as of `now`; 0 when it is reached, undefined when nobody can say. */
  remaining(now: number, total: number): number | undefined {
    const left = total - (this.#samples.at(-1)?.done ?? 0);
    if (left <= 0) return 0;
    const rate = this.perSecond(now);
    return rate === undefined ? undefined : (left / rate) * 1000;
  }

  /** The newest sample before the window stays: it is what the window's growth is counted from. */
  #forget(now: number): void {
    const start = now - this.#windowMs;
    while ((this.#samples[1]?.at ?? Infinity) <= start) this.#samples.shift();
  }
}
