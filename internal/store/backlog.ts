import type { Redis } from 'ioredis';
import type { Clock } from '../clock/clock.ts';
import type { Backlog, BacklogReader } from './backlog-ports.ts';
import { countsOf } from './codec.ts';
import type { StoreConnection } from './connection.ts';
import { transact } from './transact.ts';

/** Jobs asked for at one time: Redis answers others in between. */
const PAGE = 200;
/** Callbacks that are looked at for their age, those of the oldest jobs first. */
const AGED_CALLBACKS = 10_000;
const COUNTED = ['total', 'cursor', 'succeeded', 'failed', 'cancelled'] as const;

/** Counts what there is to do from the counts that each job keeps. */
export class RedisBacklog implements BacklogReader {
  readonly #connection: StoreConnection;
  readonly #clock: Clock;

  constructor(connection: StoreConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  async backlog(): Promise<Backlog> {
    const { activeJobs, quarantine, outbox, deadCallbacks } = this.#connection.keys;
    const [uids, quarantined, waiting, givenUp] = await this.#connection.read((redis) =>
      Promise.all([
        redis.smembers(activeJobs),
        redis.hlen(quarantine),
        redis.zrange(outbox, 0, -1),
        redis.smembers(deadCallbacks),
      ]),
    );
    return {
      jobs: { unfinished: uids.length, quarantined },
      tasks: await this.#tasks(uids),
      callbacks: {
        outstanding: waiting.length,
        oldestAgeMs: await this.#oldestAge(waiting),
        dead: await this.#dead(givenUp),
      },
    };
  }

  async #tasks(uids: readonly string[]): Promise<Backlog['tasks']> {
    const sum = { pending: 0, active: 0, succeeded: 0, failed: 0, cancelled: 0 };
    for (let from = 0; from < uids.length; from += PAGE) {
      const page = uids.slice(from, from + PAGE);
      for (const counts of await this.#connection.read((redis) => this.#page(redis, page))) {
        for (const phase of Object.keys(sum) as (keyof typeof sum)[]) sum[phase] += counts[phase];
      }
    }
    return sum;
  }

  /** The counts of jobs, without those that were removed meanwhile. */
  async #page(redis: Redis, uids: readonly string[]): Promise<Backlog['tasks'][]> {
    const reads = redis.pipeline();
    for (const uid of uids) {
      const { job, live, waiting } = this.#connection.keys.job(uid);
      reads
        .hmget(job, ...COUNTED)
        .hlen(live)
        .zcard(waiting);
    }
    const replies = await transact(reads);
    return uids.flatMap((_uid, i) => {
      const [values, live, waiting] = replies.slice(3 * i, 3 * i + 3);
      const entries = COUNTED.flatMap((name, at) => {
        const value = (values as (string | null)[])[at];
        return value === null || value === undefined ? [] : [[name, value] as const];
      });
      if (entries.length === 0) return [];
      const size = { live: Number(live), waiting: Number(waiting) };
      return [countsOf(Object.fromEntries(entries), size, false)];
    });
  }

  /** Who asks for a callback again, or for another run of its job, only says so in the record. */
  async #dead(uids: readonly string[]): Promise<number> {
    let dead = 0;
    for (let from = 0; from < uids.length; from += PAGE) {
      const page = uids.slice(from, from + PAGE);
      const replies = await this.#connection.read((redis) => {
        const reads = redis.pipeline();
        for (const uid of page) {
          const { job, callback } = this.#connection.keys.job(uid);
          reads.hget(job, 'phase').hget(callback, 'state');
        }
        return transact(reads);
      });
      for (let i = 0; i < replies.length; i += 2) {
        if (replies[i] !== 'Running' && replies[i + 1] === 'dead') dead++;
      }
    }
    return dead;
  }

  /** Uids sort by age, but whoever was submitted first need not have ended first. */
  async #oldestAge(uids: readonly string[]): Promise<number> {
    const oldest = [...uids].sort().slice(0, AGED_CALLBACKS);
    let first = Number.POSITIVE_INFINITY;
    for (let from = 0; from < oldest.length; from += PAGE) {
      const page = oldest.slice(from, from + PAGE);
      const ends = await this.#connection.read((redis) => {
        const reads = redis.pipeline();
        for (const uid of page) reads.hget(this.#connection.keys.job(uid).job, 'finished');
        return transact(reads);
      });
      for (const end of ends) if (end !== null) first = Math.min(first, Number(end));
    }
    return Number.isFinite(first) ? Math.max(0, this.#clock.now() - first) : 0;
  }
}
