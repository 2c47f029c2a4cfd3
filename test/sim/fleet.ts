import { type ControllerWorld, runController } from './controller-process.ts';
import type { History } from './history.ts';
import type { Who } from './scenario.ts';
import { SimProcess } from './sim-process.ts';
import type { Timeline } from './timeline.ts';
import type { Violations } from './violation.ts';

interface FleetOptions {
  timeline: Timeline;
  history: History;
  violations: Violations;
  world: ControllerWorld;
  /** Name of the process that has the lease. */
  leader: () => string;
}

/** The controller processes, and who starts them again. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #alive = new Set<SimProcess>();
  /** Those that were told to stop and have not ended yet. */
  readonly #stopping = new Set<SimProcess>();
  #started = 0;
  #over = false;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  start(): void {
    const { timeline, world, history } = this.#options;
    const process = new SimProcess(`ctl${++this.#started}`, timeline, world.rng);
    this.#alive.add(process);
    history.add(timeline.now, `${process.name} starts`);
    process.whenDead(() => this.#onDeath(process));
    runController(process, world).then(
      () => this.#onEnd(process),
      (error: unknown) => this.#fail(`${process.name} ended with ${String(error)}`),
    );
  }

  find(who: Who): SimProcess | undefined {
    const leader = this.#options.leader();
    return [...this.#alive].find(({ name }) => (name === leader) === (who === 'leader'));
  }

  kill(process: SimProcess, backMs: number): void {
    process.backMs = backMs;
    this.#note(process, 'is killed');
    process.kill();
  }

  /** SIGSTOP, and SIGCONT after `forMs`. */
  pause(process: SimProcess, forMs: number): void {
    this.#note(process, `is paused for ${forMs} ms`);
    process.pause();
    this.#options.timeline.in(forMs, () => {
      if (process.state === 'paused') this.#note(process, 'goes on');
      process.resume();
    });
  }

  /** SIGTERM. */
  stop(process: SimProcess, backMs: number): void {
    process.backMs = backMs;
    this.#note(process, 'is told to stop');
    this.#stopping.add(process);
    process.stop.abort();
  }

  /** Stops all for good. */
  stopAll(): void {
    this.#over = true;
    for (const process of this.#alive) this.stop(process, 0);
  }

  /** Processes that have not ended. */
  get size(): number {
    return this.#alive.size;
  }

  #onEnd(process: SimProcess): void {
    if (process.state === 'dead') return;
    this.#note(process, 'has ended');
    if (!this.#stopping.has(process)) this.#fail(`${process.name} ended unasked`);
    process.kill();
  }

  #onDeath(process: SimProcess): void {
    this.#alive.delete(process);
    this.#stopping.delete(process);
    this.#options.timeline.in(process.backMs, () => {
      if (!this.#over) this.start();
    });
  }

  #fail(message: string): void {
    this.#options.violations.add('a controller ends only when it is told to', message);
  }

  #note(process: SimProcess, what: string): void {
    const { history, timeline } = this.#options;
    history.add(timeline.now, `${process.name} ${what}`);
  }
}
