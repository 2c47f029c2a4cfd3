import { constants } from 'node:os';

const FORWARDED = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;
const STOPPING: ReadonlySet<NodeJS.Signals> = new Set(['SIGTERM', 'SIGINT', 'SIGQUIT']);

/** Where signals come from: `process`. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}

/** Who gets them: the command's process. */
export interface SignalTarget {
  kill(signal: NodeJS.Signals): unknown;
}

/** Exit status of a process that a signal ended: 128 + its number (POSIX XCU 2.8.2, as bash does). */
export function statusOfSignal(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/**
 * Hands signals on to the command. As pid 1 of a container a process gets no default action of the
 * kernel, so without this a `docker stop` would wait out its grace and kill.
 */
export class SignalRelay {
  readonly #source: SignalSource;
  readonly #onSignal: (signal: NodeJS.Signals) => void;
  #target: SignalTarget | undefined;
  #onStop: (() => void) | undefined;
  #stopRequested = false;

  constructor(source: SignalSource) {
    this.#source = source;
    this.#onSignal = (signal) => this.#take(signal);
    for (const signal of FORWARDED) source.on(signal, this.#onSignal);
  }

  /** True once somebody asked the runner to stop. */
  get stopRequested(): boolean {
    return this.#stopRequested;
  }

  forwardTo(target: SignalTarget | undefined): void {
    this.#target = target;
  }

  /** `fn` is called on each further request to stop. */
  onStop(fn: () => void): void {
    this.#onStop = fn;
  }

  close(): void {
    for (const signal of FORWARDED) this.#source.off(signal, this.#onSignal);
  }

  #take(signal: NodeJS.Signals): void {
    this.#target?.kill(signal);
    if (!STOPPING.has(signal)) return;
    this.#stopRequested = true;
    this.#onStop?.();
  }
}
