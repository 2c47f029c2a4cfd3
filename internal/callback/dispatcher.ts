import { Bell } from '../clock/bell.ts';
import type { Fence } from '../store/ports.ts';
import { type DispatchOptions, DispatchRun } from './dispatch-run.ts';

/** Delivers the callbacks of the outbox while this process leads. */
export class CallbackDispatcher {
  readonly #options: DispatchOptions;
  readonly #bell = new Bell();

  constructor(options: DispatchOptions) {
    this.#options = options;
  }

  /**
   * Delivers what falls due, for one term of leadership. When `signal` aborts, nothing new starts and
   * what is under way gets `graceMs` to end. Store errors delay, they never end it.
   *
   * @returns when `signal` has aborted or the store refused the fence. Never rejects. May be called
   *   again with a new fence, not before it has returned.
   */
  run(signal: AbortSignal, fence: Fence): Promise<void> {
    return new DispatchRun(this.#options, this.#bell, fence).until(signal);
  }

  /** Says that a callback has just been enqueued, so that it is sent at once. Cheap, never throws. */
  wake(): void {
    this.#bell.ring();
  }
}
