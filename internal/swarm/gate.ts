/** Lets so much work be under way at one time; what comes beyond that waits, in the order it came. */
export class Gate {
  readonly #limit: () => number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  /** @param limit asked whenever something wants in; may change, at least 1. */
  constructor(limit: () => number) {
    this.#limit = limit;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside >= this.#limit()) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#inside++;
    try {
      return await work();
    } finally {
      this.#inside--;
      this.#admit();
    }
  }

  /** A place is taken on behalf of whoever waits before it runs, so that nobody else slips in. */
  #admit(): void {
    while (this.#waiting.length > 0 && this.#inside < this.#limit()) {
      this.#inside++;
      this.#waiting.shift()?.();
    }
  }
}
