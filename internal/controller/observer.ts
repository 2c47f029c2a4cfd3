import type { Logger } from 'pino';
import type { Owner } from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import type { Engine, ObservedNode, ObservedTask } from '../swarm/index.ts';
import { Observation } from './observation.ts';
import type { Tracker } from './tracker.ts';

interface ObserverOptions {
  engine: Engine;
  owner: Owner;
  tracker: Tracker;
  clock: Clock;
  log: Logger;
  /** Called with the job of every attempt of which a look says something new. */
  onNews: (jobUid: string) => void;
}

/** Between looks while something has just happened, in ms. */
const BUSY_INTERVAL_MS = 80;
/** Between looks while tasks run and nothing happens, in ms. */
const QUIET_INTERVAL_MS = 250;
/** How long after a hint looks stay frequent, in ms. */
const BUSY_FOR_MS = 1000;
const MAX_BACKOFF_MS = 5000;
/** A look may take at most this share of the time between looks. */
const LOOK_SHARE = 0.2;

/**
 * Polls the swarm while there are attempts to watch; events and creations only hurry the next look.
 * A look that fails changes nothing: what was seen last stays.
 */
export class Observer {
  readonly #options: ObserverOptions;
  #current: Observation;
  #begun = 0;
  #failures = 0;
  #busyUntil = 0;
  #lookTook = 0;
  #wake: (() => void) | undefined;

  constructor(options: ObserverOptions) {
    this.#options = options;
    this.#current = new Observation(0, options.owner, [], new Map());
  }

  /** The last complete look; one that knows nothing before the first. */
  get current(): Observation {
    return this.#current;
  }

  /** Number of the next look to begin: the first that can tell that something is gone now. */
  get nextLook(): number {
    return this.#begun + 1;
  }

  /** Something may have happened: look soon, and often for a while. */
  hurry(): void {
    this.#busyUntil = this.#options.clock.monotonic() + BUSY_FOR_MS;
    this.#wake?.();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { tracker, clock, log } = this.#options;
    while (!signal.aborted) {
      const begun = clock.monotonic();
      if (tracker.size > 0) {
        await this.#look().catch((err: unknown) => {
          this.#failures++;
          log.warn({ err }, 'cannot look at the swarm');
        });
      }
      this.#lookTook = clock.monotonic() - begun;
      await this.#pause(signal);
    }
  }

  async #look(): Promise<void> {
    const { engine, owner, tracker } = this.#options;
    const number = ++this.#begun;
    const tasks = await engine.listTasks();
    const nodes = await this.#nodesFor(tasks);
    const look = new Observation(number, owner, tasks, nodes);
    const missing = [...tracker.values()].some(
      (entry) => entry.serviceId !== undefined && !look.hasTask(entry),
    );
    if (missing) {
      const services = await engine.listServices();
      look.addServices(new Set(services.map((service) => service.id)));
    }
    this.#current = look;
    this.#failures = 0;
    this.#tellNews();
  }

  /** Nodes matter only where swarm has given a task up without an end: its node may be gone. */
  async #nodesFor(tasks: ObservedTask[]): Promise<ReadonlyMap<string, ObservedNode>> {
    const doubtful = tasks.some((task) => task.desiredState !== 'running' && !isTerminal(task.state));
    if (!doubtful) return new Map();
    const nodes = await this.#options.engine.listNodes();
    return new Map(nodes.map((node) => [node.id, node]));
  }

  #tellNews(): void {
    for (const entry of this.#options.tracker.values()) {
      const { kind } = this.#current.evidence(entry);
      if (kind === entry.lastKind) continue;
      entry.lastKind = kind;
      this.#options.onNews(entry.id.jobUid);
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const { clock, tracker } = this.#options;
    const idle = tracker.size === 0;
    const paused = new AbortController();
    const busy = clock.monotonic() < this.#busyUntil;
    // A hint cuts a quiet pause short, but never one that spaces frequent looks or backs off.
    if (idle || (!busy && this.#failures === 0)) this.#wake = () => paused.abort();
    await clock.sleep(this.#interval(idle, busy), AbortSignal.any([signal, paused.signal]));
    this.#wake = undefined;
  }

  #interval(idle: boolean, busy: boolean): number {
    if (this.#failures > 0) return Math.min(QUIET_INTERVAL_MS * 2 ** this.#failures, MAX_BACKOFF_MS);
    if (idle) return MAX_BACKOFF_MS;
    return Math.max(busy ? BUSY_INTERVAL_MS : QUIET_INTERVAL_MS, this.#lookTook / LOOK_SHARE);
  }
}

const TERMINAL = new Set(['complete', 'shutdown', 'failed', 'rejected', 'remove', 'orphaned']);

function isTerminal(state: string): boolean {
  return TERMINAL.has(state);
}
