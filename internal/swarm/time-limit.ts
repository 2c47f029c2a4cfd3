import type { Clock } from '../clock/clock.ts';
import { EngineError } from './engine-error.ts';

/**
 * The time limit of one call. It also ends calls that neither answer nor notice their abort: dockerode
 * never settles when a connection breaks within a reply.
 */
export class TimeLimit {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #what: string;
  readonly #controller = new AbortController();
  #cancel: () => void;

  constructor(clock: Clock, ms: number, what: string) {
    this.#clock = clock;
    this.#ms = ms;
    this.#what = what;
    this.#cancel = this.#start();
  }

  /** Aborts when the time is up. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The timeout, once it has happened. */
  get reason(): EngineError | undefined {
    const { reason } = this.#controller.signal as { reason: unknown };
    return reason instanceof EngineError ? reason : undefined;
  }

  /** Something moved: the time begins anew. */
  extend(): void {
    this.#cancel();
    this.#cancel = this.#start();
  }

  /** Has to be called when the call is over. */
  end(): void {
    this.#cancel();
  }

  /** The call's result, or its timeout. */
  race<T>(call: Promise<T>): Promise<T> {
    const { signal } = this.#controller;
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      call.then(resolve, reject);
    });
  }

  #start(): () => void {
    const text = `${this.#what}: the engine did not answer within ${this.#ms} ms`;
    return this.#clock.after(this.#ms, () => {
      this.#controller.abort(new EngineError('Unavailable', text));
    });
  }
}
