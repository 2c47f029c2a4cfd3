import type { Clock } from '../clock/clock.ts';

export interface ChurnLimits {
  /** Most creations and removals of services at one time; it begins with half of them. */
  most: number;
  /** Duration of one in ms from which the engine counts as overburdened. */
  slowMs: number;
  /** Between two times that the limit is lowered, in ms: what is under way says the same again. */
  lowerEveryMs: number;
}

const DEFAULTS: ChurnLimits = { most: 32, slowMs: 2000, lowerEveryMs: 1000 };

/**
 * How many services are created and removed at one time: fewer while the engine is overburdened. Each
 * is a write to the raft log of the managers, and one that has to wait for the others before it is
 * answered with an error, or too late. Grows by one when as many as the limit went well; is halved when
 * one failed (429, no leader, raft errors, no answer), and lowered by a third when one was slow.
 */
export class ChurnGovernor {
  readonly #clock: Clock;
  readonly #limits: ChurnLimits;
  #limit: number;
  #loweredAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, limits: Partial<ChurnLimits> = {}) {
    this.#clock = clock;
    this.#limits = { ...DEFAULTS, ...limits };
    this.#limit = Math.max(1, this.#limits.most / 2);
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** A call was answered. @param ms how long that took. */
  answered(ms: number): void {
    const { slowMs, most } = this.#limits;
    if (ms >= slowMs) this.#lower(2 / 3);
    else this.#limit = Math.min(most, this.#limit + 1 / this.#limit);
  }

  /** The engine did not do what it was asked for, and not because of what was asked. */
  failed(): void {
    this.#lower(1 / 2);
  }

  #lower(factor: number): void {
    const now = this.#clock.monotonic();
    if (now - this.#loweredAt < this.#limits.lowerEveryMs) return;
    this.#loweredAt = now;
    this.#limit = Math.max(1, this.#limit * factor);
  }
}
