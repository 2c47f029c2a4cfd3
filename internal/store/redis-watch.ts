import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { untilBeat } from '../clock/beat.ts';
import type { Clock } from '../clock/clock.ts';
import { StoreError } from './errors.ts';
import {
  type Memory,
  parseMemory,
  parseRedisState,
  whyFull,
  whyUnfit,
  whyWarned,
} from './redis-state.ts';

/** Between looks, in ms, and after one that failed. */
const LOOK_MS = 60_000;
const AGAIN_MS = 5000;
/** For how long the memory that was seen counts when something new comes, in ms. */
const MEMORY_MS = 500;

/** Jobs must not be trusted to the Redis of the settings. The message is for the operator. */
class RedisUnfitError extends Error {
  override name = 'RedisUnfitError';
}

/** Decides whether something new may come into the store. */
export interface Admission {
  /** @throws StoreError `Unavailable`, the reason in its details. */
  admit(): Promise<void>;
}

/**
 * Watches the Redis that jobs are trusted to: its version, its mode, what it does when it is full, and how
 * full it is. All of that may change while it runs. A Redis that does not answer says nothing.
 */
export class RedisWatch implements Admission {
  readonly #redis: Redis;
  readonly #clock: Clock;
  readonly #log: Logger;
  #unfit: string | undefined;
  #warned: string | undefined;
  #memory: Memory | undefined;
  #memoryAt = Number.NEGATIVE_INFINITY;
  #told: 'fit' | 'warned' | 'full' | 'unfit' = 'fit';

  constructor({ redis, clock, log }: { redis: Redis; clock: Clock; log: Logger }) {
    this.#redis = redis;
    this.#clock = clock;
    this.#log = log;
  }

  /** Why jobs must not be trusted to it. */
  get unfit(): string | undefined {
    return this.#unfit;
  }

  /** Why nothing new is taken at present. */
  get full(): string | undefined {
    return this.#memory && whyFull(this.#memory);
  }

  /** As it was seen last; undefined before. */
  get memory(): Memory | undefined {
    return this.#memory;
  }

  /** @throws RedisUnfitError when jobs must not be trusted to it. */
  async start(): Promise<void> {
    await this.#look();
    if (this.#unfit === undefined) this.#tell('changes');
    else throw new RedisUnfitError(this.#unfit);
  }

  /** Looks every minute. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    let seen = true;
    while (!signal.aborted) {
      await untilBeat(this.#clock, seen ? LOOK_MS : AGAIN_MS, signal);
      if (signal.aborted) return;
      seen = await this.#look();
      if (seen) this.#tell('all');
    }
  }

  async admit(): Promise<void> {
    if (this.#unfit !== undefined) throw refusal(this.#unfit);
    if (!this.#memory?.max) return;
    if (this.#clock.monotonic() - this.#memoryAt > MEMORY_MS) await this.#lookAtMemory();
    this.#tell('changes');
    const { full } = this;
    if (full !== undefined) throw refusal(full);
  }

  /** @returns false when it did not answer. */
  async #look(): Promise<boolean> {
    try {
      const state = parseRedisState(await this.#redis.info());
      this.#unfit = whyUnfit(state);
      this.#warned = whyWarned(state);
      this.#note(state.memory);
    } catch (err) {
      this.#log.debug({ err }, 'cannot look at Redis');
      return false;
    }
    return true;
  }

  async #lookAtMemory(): Promise<void> {
    try {
      this.#note(parseMemory(await this.#redis.info('memory')));
    } catch (err) {
      // What was to be written fails by itself then.
      this.#log.debug({ err }, 'cannot look at the memory of Redis');
    }
  }

  /** A change at once; what keeps jobs out once a minute too, for as long as it is so. */
  #tell(which: 'changes' | 'all'): void {
    const { unfit, full } = this;
    const state = unfit ? 'unfit' : full ? 'full' : this.#warned ? 'warned' : 'fit';
    const again = which === 'all' && (state === 'unfit' || state === 'full');
    if (state === this.#told && !again) return;
    const reason = unfit ?? full ?? this.#warned;
    if (state === 'fit') this.#log.info('Redis is as it should be again');
    else if (state === 'warned') this.#log.warn({ reason }, 'Redis may throw keys away');
    else this.#log.error({ reason }, 'nothing new is taken into Redis');
    this.#told = state;
  }

  #note(memory: Memory): void {
    this.#memory = memory;
    this.#memoryAt = this.#clock.monotonic();
  }
}

function refusal(reason: string): StoreError {
  return new StoreError('Unavailable', reason, [reason]);
}
