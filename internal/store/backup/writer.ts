import type { ChainableCommander, Redis } from 'ioredis';
import { guarded } from '../redis.ts';
import { type KeyRecord, toBytes, type Value } from './format.ts';

/** Entries of one command, and commands of one round trip, which ends sooner where values are large. */
const ENTRIES = 200;
const COMMANDS = 50;
const BYTES = 8 * 1024 * 1024;

/** Writes records into Redis, some at a time. */
export class KeyWriter {
  readonly #redis: Redis;
  readonly #prefix: string;
  #pending: ChainableCommander;
  #commands = 0;
  #bytes = 0;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#pending = redis.pipeline();
  }

  /** @throws StoreError `Unavailable`, or what Redis refuses. */
  async write(record: KeyRecord): Promise<void> {
    const key = this.#prefix + record.key;
    if (record.anew) this.#add((it) => it.unlink(key));
    for (let from = 0; from < record.entries.length; from += ENTRIES) {
      const part = { ...record, entries: record.entries.slice(from, from + ENTRIES) } as KeyRecord;
      this.#addEntries(key, part);
      if (this.#commands >= COMMANDS || this.#bytes >= BYTES) await this.flush();
    }
    const { ttlMs } = record;
    if (ttlMs !== undefined) this.#add((it) => it.pexpire(key, Math.max(1, ttlMs)));
  }

  #addEntries(key: string, record: KeyRecord): void {
    switch (record.type) {
      case 'string':
        for (const value of record.entries) this.#add((it) => it.set(key, toBytes(value)));
        return;
      case 'list':
        this.#add((it) => it.rpush(key, ...record.entries.map(toBytes)));
        return;
      case 'set':
        this.#add((it) => it.sadd(key, ...record.entries.map(toBytes)));
        return;
      case 'hash':
        for (const [, value] of record.entries) this.#bytes += sizeOf(value);
        this.#add((it) =>
          it.hset(key, ...record.entries.flatMap(([field, value]) => [field, toBytes(value)])),
        );
        return;
      case 'zset':
        this.#add((it) =>
          it.zadd(key, ...record.entries.flatMap(([member, score]) => [score, member])),
        );
        return;
      case 'stream':
        for (const [id, fields] of record.entries) this.#add((it) => it.xadd(key, id, ...fields));
    }
  }

  #add(command: (pipeline: ChainableCommander) => unknown): void {
    command(this.#pending);
    this.#commands += 1;
  }

  /** Sends what is pending, and awaits that Redis has it. */
  async flush(): Promise<void> {
    const pending = this.#pending;
    this.#pending = this.#redis.pipeline();
    this.#commands = 0;
    this.#bytes = 0;
    const replies = await guarded(() => pending.exec());
    for (const [error] of replies ?? []) if (error) await guarded(() => Promise.reject(error));
  }
}

/** About: of a text its characters. */
function sizeOf(value: Value): number {
  return typeof value === 'string' ? value.length : value.b64.length;
}
