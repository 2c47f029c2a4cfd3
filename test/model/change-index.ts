import type { Clock } from '../../internal/clock/clock.ts';

/** The number that every change in the store of a swarm gets: one row for all of its objects. */
export class ChangeIndex {
  readonly #clock: Clock;
  #last = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  next(): Change {
    return { index: ++this.#last, at: new Date(this.#clock.now()).toISOString() };
  }
}

/** When an object was changed last. */
export interface Change {
  index: number;
  /** ISO 8601. */
  at: string;
}
