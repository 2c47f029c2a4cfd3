import type { Logger } from 'pino';
import type { Clock } from '../clock/clock.ts';
import { endRedis, type RedisChild } from './embedded-child.ts';

const MIN_DELAY_MS = 100;
const MAX_DELAY_MS = 5000;
/** A Redis that lived this long is started again at once. */
const STEADY_MS = 5000;

interface SupervisorOptions {
  /** Starts a Redis. */
  start(): Promise<RedisChild>;
  clock: Clock;
  log: Logger;
}

/** Keeps a Redis running until it is told to stop. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #stopping = new AbortController();
  readonly #stopRequested: Promise<undefined>;
  readonly #listeners = new Set<(why: string) => void>();
  #child: RedisChild;
  readonly #ended: Promise<void>;

  /** @param child runs already. */
  constructor(child: RedisChild, options: SupervisorOptions) {
    this.#options = options;
    this.#child = child;
    this.#stopRequested = aborted(this.#stopping.signal);
    this.#ended = this.#run();
  }

  /** Of the Redis that runs now, or ran last. */
  get pid(): number {
    return this.#child.id.pid;
  }

  /** Calls `listener` each time when Redis ended by itself; it is started again anyway. */
  onExit(listener: (why: string) => void): void {
    this.#listeners.add(listener);
  }

  /** Ends Redis in order. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stopping;
    let delay = 0;
    for (;;) {
      const begun = clock.monotonic();
      const why = await Promise.race([this.#child.exited, this.#stopRequested]);
      if (why === undefined || signal.aborted) return endRedis(this.#child, clock);
      this.#tell(why);
      delay = nextDelay(delay, clock.monotonic() - begun);
      while (!(await this.#restart(delay))) delay = nextDelay(delay, 0);
    }
  }

  #tell(why: string): void {
    this.#options.log.error(
      { pid: this.pid, reason: why },
      'the embedded redis ended: starting it again',
    );
    for (const listener of this.#listeners) listener(why);
  }

  /** False when another try is needed; true also when we are to stop. */
  async #restart(delay: number): Promise<boolean> {
    const { clock, log, start } = this.#options;
    const { signal } = this.#stopping;
    await clock.sleep(delay, signal);
    if (signal.aborted) return true;
    try {
      this.#child = await start();
      log.info({ pid: this.pid }, 'the embedded redis was started again');
      return true;
    } catch (err) {
      log.error({ err }, 'cannot start the embedded redis again');
      return false;
    }
  }
}

/** How long to wait before the next start: the shorter the last one lived, the longer. */
export function nextDelay(last: number, livedMs: number): number {
  if (livedMs >= STEADY_MS) return 0;
  return Math.min(MAX_DELAY_MS, Math.max(MIN_DELAY_MS, last * 2));
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
