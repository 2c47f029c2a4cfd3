import type { Clock } from '../../internal/clock/clock.ts';
import type { Behaviour } from './behaviour.ts';

const SIGKILL_EXIT = 137;
const SIGTERM_EXIT = 143;

interface ProcessOptions {
  clock: Clock;
  behaviour: Behaviour;
  pid: number;
  /** SIGTERM to SIGKILL, in ms. */
  graceMs: number;
  /** Called when it is told to stop, each time. */
  onTerm: () => void;
  /** Called once, when it ends by itself or by a signal. */
  onExit: (exitCode: number) => void;
  /** Called once, at its end: also at one that nobody sees. */
  onEnd: (end: ProcessEnd) => void;
}

/** What ended a process, whatever its engine makes of it. */
export interface ProcessEnd {
  by: 'itself' | 'signal' | 'power';
  exitCode: number | undefined;
  /** It was told to stop before. */
  told: boolean;
}

/** The process of a task, in its container. */
export class ModelProcess {
  readonly pid: number;
  readonly #options: ProcessOptions;
  #running = true;
  #stuck = false;
  #held = false;
  #told = false;
  #cancel: (() => void)[] = [];

  /** Starts it. */
  constructor(options: ProcessOptions) {
    this.#options = options;
    this.pid = options.pid;
    const { runMs, exitCode } = options.behaviour;
    if (Number.isFinite(runMs)) this.#after(runMs, exitCode, 'itself');
  }

  get isRunning(): boolean {
    return this.#running;
  }

  /** No signal ends it: only its machine's end does. */
  get isStuck(): boolean {
    return this.#stuck;
  }

  /** A signal and nothing more. */
  signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    const { ignoresTerm, exitOnTerm = SIGTERM_EXIT, stuck } = this.#options.behaviour;
    if (signal === 'SIGTERM' && this.#running && !this.#held) {
      this.#told = true;
      this.#options.onTerm();
    }
    if (stuck === 'container' || this.#held) this.#hang();
    else if (signal === 'SIGKILL') this.#exit(SIGKILL_EXIT, 'signal');
    else if (ignoresTerm !== true) this.#exit(exitOnTerm, 'signal');
  }

  /** No signal ends it from now on, until it is let go. */
  hold(): void {
    this.#held = true;
  }

  /** Ends {@link hold}: what it was sent ends it. */
  letGo(): void {
    this.#held = false;
    if (this.#stuck) this.#exit(SIGKILL_EXIT, 'signal');
  }

  /** As `docker stop`: SIGTERM, and SIGKILL after the grace. */
  stop(): void {
    this.signal('SIGTERM');
    if (this.#running && !this.isStuck) {
      this.#after(this.#options.graceMs, SIGKILL_EXIT, 'signal');
    }
  }

  /** Its machine lost power: it ends and nobody sees it. */
  vanish(): void {
    if (this.#running) this.#end({ by: 'power', exitCode: undefined, told: this.#told });
  }

  #after(ms: number, exitCode: number, by: ProcessEnd['by']): void {
    this.#cancel.push(this.#options.clock.after(ms, () => this.#exit(exitCode, by)));
  }

  #exit(exitCode: number, by: ProcessEnd['by']): void {
    if (!this.#running) return;
    this.#end({ by, exitCode, told: this.#told });
    this.#options.onExit(exitCode);
  }

  #hang(): void {
    this.#stuck = this.#running;
    this.#forgetEnds();
  }

  #end(end: ProcessEnd): void {
    this.#running = false;
    this.#forgetEnds();
    this.#options.onEnd(end);
  }

  #forgetEnds(): void {
    for (const cancel of this.#cancel) cancel();
    this.#cancel = [];
  }
}
