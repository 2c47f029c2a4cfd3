import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { ulid } from 'ulid';
import { DEFAULT_ATTEMPT_OUTPUT_BYTES } from '../apis/index.ts';
import { StoreError } from './errors.ts';
import type { Keys } from './keys.ts';
import { type Timed, untimed } from './metrics.ts';
import { guarded } from './redis.ts';
import type { Admission } from './redis-watch.ts';
import { okOrThrow, type ScriptName, Scripts } from './scripts.ts';

/** What the stores share: the connection, the key names, the scripts, and the store's identity. */
export class StoreConnection {
  readonly redis: Redis;
  readonly keys: Keys;
  /** Most bytes that the outputs of earlier attempts take of one job. */
  readonly attemptOutputBytes: number;
  readonly #scripts: Scripts;
  readonly #admission: Admission | undefined;
  readonly #timed: Timed;

  constructor(
    redis: Redis,
    keys: Keys,
    timed: Timed = untimed,
    attemptOutputBytes = DEFAULT_ATTEMPT_OUTPUT_BYTES,
    admission?: Admission,
  ) {
    this.redis = redis;
    this.keys = keys;
    this.attemptOutputBytes = attemptOutputBytes;
    this.#scripts = new Scripts(redis);
    this.#admission = admission;
    this.#timed = timed;
  }

  /** Lets something new come in, a job or tasks. @throws StoreError `Unavailable` with the reason. */
  async admit(): Promise<void> {
    await this.#admission?.admit();
  }

  /** Reads; a Redis that does not answer is a `StoreError`. */
  read<T>(call: (redis: Redis) => Promise<T>): Promise<T> {
    return this.#timed('read', () => guarded(() => call(this.redis)));
  }

  /** Runs a script, for its reply as it is. */
  reply(name: ScriptName, keys: string[], args: (string | number)[]): Promise<unknown> {
    return this.#run(name, keys, args);
  }

  /** Runs a transition that replies with one number. */
  async number(name: ScriptName, keys: string[], args: (string | number)[]): Promise<number> {
    return Number(await this.#run(name, keys, args));
  }

  /** Runs a script that replies with texts, and refuses nothing. */
  async values(name: ScriptName, keys: string[], args: (string | number)[]): Promise<string[]> {
    const reply = await this.#run(name, keys, args);
    if (!Array.isArray(reply)) throw new StoreError('Corrupt', 'a script replied with no list');
    return reply.map(String);
  }

  /**
   * Runs a transition that replies with a result code.
   * @returns the values behind `OK`.
   * @throws StoreError of the code otherwise.
   */
  async transition(
    name: ScriptName,
    keys: string[],
    args: (string | number | Buffer)[],
  ): Promise<string[]> {
    return okOrThrow(await this.#run(name, keys, args));
  }

  #run(name: ScriptName, keys: string[], args: (string | number | Buffer)[]): Promise<unknown> {
    return this.#timed(name, () => guarded(() => this.#scripts.run(name, keys, args)));
  }

  /** Identity of this store, made at its first start; every service carries it as a label. */
  storeId(): Promise<string> {
    return this.#once('storeId', () => ulid());
  }

  /** The key that report tokens are made with, made at the store's first start. */
  async reportKey(): Promise<Buffer> {
    const hex = await this.#once('reportKey', () => randomBytes(32).toString('hex'));
    return Buffer.from(hex, 'hex');
  }

  async #once(field: string, make: () => string): Promise<string> {
    return this.read(async (redis) => {
      await redis.hsetnx(this.keys.meta, field, make());
      const value = await redis.hget(this.keys.meta, field);
      if (value === null) throw new Error(`Redis lost ${field} between write and read`);
      return value;
    });
  }
}
