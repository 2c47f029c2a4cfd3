import type { Redis } from 'ioredis';
import { CHANGE_TOPICS, type ChangeNews, type ChangeSource } from './ports.ts';
import { guarded } from './redis.ts';

/**
 * What the API has changed, as a Redis stream. Only a hint: it is trimmed, so a reader that
 * was away looks at all active jobs. Needs a connection of its own, because its reads block.
 */
export class ChangeStream implements ChangeSource {
  readonly #redis: Redis;
  readonly #key: string;

  constructor(redis: Redis, key: string) {
    this.#redis = redis;
    this.#key = key;
  }

  async changesEnd(): Promise<string> {
    const last = await guarded(() => this.#redis.xrevrange(this.#key, '+', '-', 'COUNT', 1));
    return last[0]?.[0] ?? '0-0';
  }

  async readChanges(cursor: string, blockMs: number): Promise<ChangeNews> {
    const reply = await guarded(() =>
      this.#redis.xread('COUNT', 1000, 'BLOCK', blockMs, 'STREAMS', this.#key, cursor),
    );
    const entries = reply?.[0]?.[1] ?? [];
    const told = (of: string) =>
      new Set(entries.flatMap(([, [name, value]]) => (name === of ? (value ?? []) : [])));
    const topics = told('topic');
    return {
      cursor: entries.at(-1)?.[0] ?? cursor,
      uids: [...told('job')],
      // A newer version may tell of more.
      topics: CHANGE_TOPICS.filter((topic) => topics.has(topic)),
    };
  }
}
