import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { ulid } from 'ulid';
import type { Clock } from '../clock/clock.ts';
import { untilAborted } from '../clock/until-aborted.ts';
import { isAfter } from './stream-id.ts';

/** Waits for entries of streams. */
export interface StreamWaiter {
  /**
   * Resolves as soon as the stream `key` has an entry after the id `after` (`0` for any), or when
   * `signal` aborts; never rejects. The stream need not exist. Says nothing of what the entry is.
   */
  waitFor(key: string, after: string, signal: AbortSignal): Promise<void>;
}

interface StreamHubOptions {
  /** A connection of the hub's own, because its reads block. Its command timeout is above `BLOCK_MS`. */
  blocking: Redis;
  /** Any other connection. */
  redis: Redis;
  /** Prefix of the one key that it writes. */
  prefix: string;
  clock: Clock;
  log: Logger;
}

interface Waiter {
  key: string;
  after: string;
  resolve(): void;
}

/** How long one read waits, in ms: a bell that was lost costs this much. */
const BLOCK_MS = 4000;
/** First pause after a failure, in ms; it doubles up to the second. */
const RETRY_MS = 50;
const MAX_RETRY_MS = 2000;
/** Life of the bell's key after its last ring. By PEXPIRE: `expire` of the client is a transition. */
const BELL_LIFETIME_MS = 60_000;

/**
 * Lets any number of waiters share one blocking connection: one read blocks on all the streams that
 * are waited for. A waiter that comes while it blocks rings the bell, a stream of this process that
 * every read includes: unlike CLIENT UNBLOCK it cannot come before the block and be lost, and it needs
 * no right to administrate.
 */
export class StreamHub implements StreamWaiter {
  readonly #options: StreamHubOptions;
  readonly #bell: string;
  readonly #waiters = new Set<Waiter>();
  #rings = 0;
  /** True while a read is under way that no ring is to end yet. */
  #blocks = false;
  #wake: (() => void) | undefined;

  constructor(options: StreamHubOptions) {
    this.#options = options;
    this.#bell = `${options.prefix}bell:${ulid()}`;
  }

  waitFor(key: string, after: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const waiter: Waiter = {
        key,
        after,
        resolve: () => {
          this.#waiters.delete(waiter);
          signal.removeEventListener('abort', waiter.resolve);
          resolve();
        },
      };
      signal.addEventListener('abort', waiter.resolve, { once: true });
      this.#waiters.add(waiter);
      this.#wake?.();
      if (this.#blocks) this.#ring();
    });
  }

  /**
   * Serves the waiters until `signal` aborts: who still waits then waits for a signal of its own. A
   * Redis that is away makes them wait longer.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    let pauseMs = RETRY_MS;
    while (!signal.aborted) {
      if (this.#waiters.size === 0) await untilAborted(this.#firstWaiter(), signal);
      if (signal.aborted) return;
      try {
        // A read blocks its connection; whoever stops does not wait for it.
        await untilAborted(this.#read(), signal);
        pauseMs = RETRY_MS;
      } catch (err) {
        log.warn({ err }, 'cannot wait for streams of Redis');
        await clock.sleep(pauseMs, signal);
        pauseMs = Math.min(2 * pauseMs, MAX_RETRY_MS);
      } finally {
        this.#blocks = false;
      }
    }
  }

  #firstWaiter(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }

  /** One read on all that is waited for. It ends with the first entry, a ring of the bell, or its time. */
  async #read(): Promise<void> {
    this.#blocks = true;
    const cursors = this.#cursors();
    const names = [this.#bell, ...cursors.keys()];
    const ids = [`${this.#rings}-0`, ...cursors.values()];
    // As bytes: entries may hold any, and of an entry only the id is looked at.
    const reply = await this.#options.blocking.xreadBuffer(
      ...(['COUNT', 1, 'BLOCK', BLOCK_MS, 'STREAMS', ...names, ...ids] as const),
    );
    for (const [name, entries] of reply ?? []) {
      const last = entries?.at(-1)?.[0];
      if (last !== undefined) this.#tell(name.toString(), last.toString());
    }
  }

  /** The keys that are waited for, each with the earliest id after which somebody waits. */
  #cursors(): Map<string, string> {
    const cursors = new Map<string, string>();
    for (const { key, after } of this.#waiters) {
      const known = cursors.get(key);
      if (known === undefined || isAfter(known, after)) cursors.set(key, after);
    }
    return cursors;
  }

  #tell(key: string, id: string): void {
    for (const waiter of [...this.#waiters]) {
      if (waiter.key === key && isAfter(id, waiter.after)) waiter.resolve();
    }
  }

  /** Ends the read under way. Ids are counted, so that no jump of Redis's clock makes a ring unheard. */
  #ring(): void {
    this.#blocks = false;
    const { redis, log } = this.#options;
    const id = `${++this.#rings}-0`;
    const ringing = Promise.all([
      redis.xadd(this.#bell, 'MAXLEN', 1, id, 'ring', ''),
      redis.pexpire(this.#bell, BELL_LIFETIME_MS),
    ]);
    ringing.catch((err: unknown) => {
      log.debug({ err }, 'a new waiter is served when the read under way ends');
    });
  }
}
