import type { Redis } from 'ioredis';
import { ulid } from 'ulid';
import { earlierOutputFields } from './codec.ts';
import type { StoreConnection } from './connection.ts';
import {
  decodeEntry,
  decodeSnapshot,
  decodeWant,
  encodeChunk,
  encodeSnapshot,
  encodeWant,
  type Fields,
  type RawEntry,
  WAKING,
} from './log-codec.ts';
import {
  LOG_WANT_MS,
  type LogChunk,
  type LogEntry,
  type LogReader,
  type LogRelayStore,
  type LogSnapshot,
  type LogWant,
} from './log-ports.ts';
import type { StreamWaiter } from './stream-hub.ts';
import { transact } from './transact.ts';

/**
 * How long a relay, an answer and the list of wants outlive their last use. Set by PEXPIRE: `expire` of
 * the client is a transition of ours.
 */
const LIFETIME_MS = 60_000;
/** Entries of one read: of the greatest ones it is some MiB. */
const PAGE = 32;

/** Wants of logs, and the relays of those that the controller follows. All of it expires by itself. */
export class RelayStore implements LogRelayStore {
  readonly #connection: StoreConnection;

  constructor(connection: StoreConnection) {
    this.#connection = connection;
  }

  /** Wants are timed by the clock of Redis: those of API and controller may differ. */
  async wantedLogs(): Promise<LogWant[]> {
    const { logWants } = this.#connection.keys;
    const [time, list] = await this.#connection.read((redis) =>
      Promise.all([redis.time(), redis.zrange(logWants, 0, -1, 'WITHSCORES')]),
    );
    const now = msOf(time);
    const wants: LogWant[] = [];
    for (let i = 0; i + 1 < list.length; i += 2) {
      if (Number(list[i + 1]) > now) wants.push(decodeWant(list[i] ?? ''));
    }
    if (2 * wants.length < list.length) await this.#forgetBefore(now);
    return wants;
  }

  async #forgetBefore(now: number): Promise<void> {
    const { logWants } = this.#connection.keys;
    await this.#connection.read((redis) => redis.zremrangebyscore(logWants, '-inf', now));
  }

  async appendLog(uid: string, index: number, chunks: readonly LogChunk[]): Promise<string> {
    const ids = await this.#add(this.#connection.keys.log(uid, index), chunks.map(encodeChunk));
    return ids.at(-1) ?? '0';
  }

  async wakeLogReaders(uid: string, index: number): Promise<void> {
    await this.#add(this.#connection.keys.log(uid, index), [WAKING]);
  }

  async trimLog(uid: string, index: number, before: string): Promise<void> {
    const key = this.#connection.keys.log(uid, index);
    await this.#connection.read((redis) => redis.xtrim(key, 'MINID', before));
  }

  async answerLog(want: LogWant, snapshot: LogSnapshot): Promise<void> {
    const { keys } = this.#connection;
    await this.#add(keys.logAnswer(want.ask ?? ''), [encodeSnapshot(snapshot)]);
    await this.#connection.read((redis) => redis.zrem(keys.logWants, encodeWant(want)));
  }

  /** @returns the ids of the entries. */
  async #add(key: string, entries: Fields[]): Promise<string[]> {
    const replies = await this.#connection.read((redis) => {
      const multi = redis.multi();
      for (const fields of entries) multi.xadd(key, '*', ...fields);
      return transact(multi.pexpire(key, LIFETIME_MS));
    });
    return replies.slice(0, entries.length).map(String);
  }
}

/** What the API does about logs. */
export class LogStore implements LogReader {
  readonly #connection: StoreConnection;
  readonly #waiter: StreamWaiter;

  constructor(connection: StoreConnection, waiter: StreamWaiter) {
    this.#connection = connection;
    this.#waiter = waiter;
  }

  async findTask(uid: string, name: string): Promise<number | undefined> {
    const { job, names } = this.#connection.keys.job(uid);
    const [total, index] = await this.#connection.read((redis) =>
      Promise.all([redis.hget(job, 'total'), redis.hget(names, name)]),
    );
    // One that is being added is none of the job's yet.
    return index === null || Number(index) >= Number(total) ? undefined : Number(index);
  }

  async earlierOutput(uid: string, index: number, attempt: number) {
    const { attemptOutput } = this.#connection.keys.job(uid);
    const fields = earlierOutputFields(index, attempt);
    const [stdout, stderr] = await this.#connection.read((redis) =>
      redis.hmgetBuffer(attemptOutput, ...fields),
    );
    return { stdout: stdout ?? Buffer.alloc(0), stderr: stderr ?? Buffer.alloc(0) };
  }

  async wantLog(uid: string, index: number): Promise<void> {
    const key = this.#connection.keys.log(uid, index);
    await this.#want({ uid, index });
    // The relay of a task that writes nothing for long is kept as long as somebody reads it.
    await this.#connection.read((redis) => redis.pexpire(key, LIFETIME_MS));
  }

  async readLog(uid: string, index: number, after: string): Promise<LogEntry[]> {
    const key = this.#connection.keys.log(uid, index);
    const entries = await this.#connection.read((redis) => rangeOf(redis, key, after));
    return entries.map(decodeEntry);
  }

  awaitLog(uid: string, index: number, after: string, signal: AbortSignal): Promise<void> {
    return this.#waiter.waitFor(this.#connection.keys.log(uid, index), after, signal);
  }

  async askLog(uid: string, index: number, signal: AbortSignal): Promise<LogSnapshot | undefined> {
    const want = { uid, index, ask: ulid() };
    const { keys } = this.#connection;
    const key = keys.logAnswer(want.ask);
    await this.#want(want);
    await this.#waiter.waitFor(key, '0', signal);
    const [entry] = await this.#connection.read((redis) => rangeOf(redis, key, '0'));
    await this.#connection.read((redis) =>
      transact(redis.multi().unlink(key).zrem(keys.logWants, encodeWant(want))),
    );
    return entry === undefined ? undefined : decodeSnapshot(entry);
  }

  async #want(want: LogWant): Promise<void> {
    const { logWants } = this.#connection.keys;
    await this.#connection.read(async (redis) => {
      const until = msOf(await redis.time()) + LOG_WANT_MS;
      const multi = redis.multi().zadd(logWants, until, encodeWant(want));
      await transact(multi.pexpire(logWants, LIFETIME_MS));
    });
  }
}

async function rangeOf(redis: Redis, key: string, after: string): Promise<RawEntry[]> {
  return redis.xrangeBuffer(key, `(${after}`, '+', 'COUNT', PAGE);
}

/** Unix time in ms of a reply to TIME. */
function msOf(reply: unknown): number {
  const [seconds = 0, micros = 0] = (reply as (string | number)[]).map(Number);
  return seconds * 1000 + Math.floor(micros / 1000);
}
