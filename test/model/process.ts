import type { Clock } from '../../internal/clock/clock.ts';
import type { Behaviour } from './behaviour.ts';
import { TIMING } from './timing.ts';

const SIGKILL_EXIT = 137;
const SIGTERM_EXIT = 143;

interface ProcessOptions {
  clock: Clock;
  behaviour: Behaviour;
  pid: number;
  /** Called once, when it ends by itself or by a signal. */
  onExit: (exitCode: number) => void;
}

/** The process of a task, in its container. */
export class ModelProcess {
  readonly pid: number;
  readonly #options: ProcessOptions;
  #running = true;
  #cancel: (() => void)[] = [];

  /** Starts it. */
  constructor(options: ProcessOptions) {
    this.#options = options;
    this.pid = options.pid;
    const { runMs, exitCode } = options.behaviour;
    if (Number.isFinite(runMs)) this.#after(runMs, exitCode);
  }

  get isRunning(): boolean {
    return this.#running;
  }

  /** A signal and nothing more. */
  signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    const { ignoresTerm, exitOnTerm = SIGTERM_EXIT } = this.#options.behaviour;
    if (signal === 'SIGKILL') this.#exit(SIGKILL_EXIT);
    else if (ignoresTerm !== true) this.#exit(exitOnTerm);
  }

  /** As `docker stop`: SIGTERM, and SIGKILL after the grace. */
  stop(): void {
    this.signal('SIGTERM');
    if (this.#running) this.#after(TIMING.grace, SIGKILL_EXIT);
  }

  /** Its machine lost power: it ends and nobody sees it. */
  vanish(): void {
    this.#end();
  }

  #after(ms: number, exitCode: number): void {
    this.#cancel.push(this.#options.clock.after(ms, () => this.#exit(exitCode)));
  }

  #exit(exitCode: number): void {
    if (!this.#running) return;
    this.#end();
    this.#options.onExit(exitCode);
  }

  #end(): void {
    this.#running = false;
    for (const cancel of this.#cancel) cancel();
    this.#cancel = [];
  }
}
