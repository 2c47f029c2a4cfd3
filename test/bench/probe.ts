import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 2;

/** Asks an address for something cheap all the while, one request after the other. */
export class Probe {
  readonly #took: number[] = [];
  readonly #asking: Promise<void>;
  #isOver = false;

  constructor(url: string) {
    this.#asking = this.#ask(url);
  }

  /** @returns ms that each answer took. @throws Error when one was no success. */
  async end(): Promise<number[]> {
    this.#isOver = true;
    await this.#asking;
    return this.#took;
  }

  async #ask(url: string): Promise<void> {
    while (!this.#isOver) {
      const begun = performance.now();
      const answer = await fetch(url);
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
      this.#took.push(performance.now() - begun);
      await delay(PAUSE_MS);
    }
  }
}
