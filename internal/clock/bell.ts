import type { Clock } from './clock.ts';

/** Wakes a loop that waits. A ring while nobody waits is kept for the next wait. */
export class Bell {
  #rung = false;
  #sleeper: AbortController | undefined;

  ring(): void {
    this.#rung = true;
    this.#sleeper?.abort();
  }

  /** Whoever has rung by now is about to be served: the next wait is for a later ring. */
  forget(): void {
    this.#rung = false;
  }

  /**
   * Resolves on a ring, after `ms`, or when `signal` aborts.
   * @returns whether it was rung.
   */
  async wait(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#rung && !signal.aborted) await this.#sleep(clock, ms, signal);
    const rung = this.#rung;
    this.#rung = false;
    return rung;
  }

  async #sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    const sleeper = new AbortController();
    const wake = () => sleeper.abort();
    this.#sleeper = sleeper;
    signal.addEventListener('abort', wake, { once: true });
    await clock.sleep(ms, sleeper.signal);
    signal.removeEventListener('abort', wake);
    this.#sleeper = undefined;
  }
}
