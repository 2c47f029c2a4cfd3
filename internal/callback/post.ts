import { Readable } from 'node:stream';
import { buildConnector, Client } from 'undici';
import type { Clock } from '../clock/clock.ts';
import type { AddressGuard } from './address-guard.ts';
import { type Deadline, startDeadline, type TimeLimits } from './deadline.ts';
import type { Reply } from './outcome.ts';

/** Bytes of a reply's body that are read at most. */
const REPLY_BYTES = 64 * 1024;

/** One POST. `body` is as long as `bytes` says. */
export interface Post {
  url: URL;
  headers: Record<string, string>;
  bytes: number;
  body: Buffer | AsyncIterable<string>;
}

/**
 * Sends one POST and gives the status of the reply. Follows no redirect, tries nothing twice.
 * @throws what came in the way: RefusedAddressError, DeliveryTimeoutError, errors of node and
 *   undici, and what `body` throws.
 */
export type SendPost = (post: Post, signal: AbortSignal) => Promise<Reply>;

export function createSendPost(guard: AddressGuard, clock: Clock, limits: TimeLimits): SendPost {
  const connect = guardedConnector(guard, limits);
  return async (post, signal) => {
    const deadline = startDeadline(clock, limits, post.bytes, signal);
    // One connection per POST: a kept one may be closed by the receiver as the next body starts.
    const client = new Client(post.url.origin, { connect, headersTimeout: 0, bodyTimeout: 0 });
    try {
      return await request(client, post, deadline, (fn) => clock.after(limits.replyMs, fn));
    } finally {
      deadline.stop();
      await client.destroy();
    }
  };
}

/** Connects only where the guard lets it, also when the host is an address and needs no lookup. */
function guardedConnector(guard: AddressGuard, limits: TimeLimits): buildConnector.connector {
  const connect = buildConnector({ timeout: limits.connectMs, lookup: guard.lookup });
  return (options, callback) => {
    try {
      guard.checkLiteral(options.hostname);
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)), null);
      return;
    }
    connect(options, callback);
  };
}

async function request(
  client: Client,
  post: Post,
  deadline: Deadline,
  afterReplyTime: (fn: () => void) => () => void,
): Promise<Reply> {
  const source = new WatchedBody(post.body, deadline);
  try {
    const reply = await client.request({
      method: 'POST',
      path: post.url.pathname + post.url.search,
      headers: post.headers,
      body: source.stream,
      signal: deadline.signal,
    });
    await discard(reply.body, afterReplyTime);
    return { status: reply.statusCode, retryAfter: reply.headers['retry-after'] };
  } catch (error) {
    throw source.error ?? error;
  }
}

/** Reads a reply to its end or its limit: a receiver that is still writing is not cut off early. */
async function discard(
  body: Readable & { dump(options: { limit: number }): Promise<void> },
  afterReplyTime: (fn: () => void) => () => void,
): Promise<void> {
  const cancel = afterReplyTime(() => body.destroy());
  try {
    await body.dump({ limit: REPLY_BYTES });
  } finally {
    cancel();
  }
}

/** A body on its way out, which tells the deadline when it moves and keeps the error it broke with. */
class WatchedBody {
  readonly stream: Buffer | Readable;
  error: unknown;
  readonly #deadline: Deadline;

  constructor(body: Post['body'], deadline: Deadline) {
    this.#deadline = deadline;
    this.stream = Buffer.isBuffer(body)
      ? body
      : Readable.from(this.#watch(body), { objectMode: false });
  }

  async *#watch(body: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
    try {
      for await (const chunk of body) {
        this.#deadline.progress();
        yield chunk;
      }
    } catch (error) {
      this.error = error;
      throw error;
    }
    this.#deadline.progress();
  }
}
