import { Readable } from 'node:stream';
import { buildConnector, Client } from 'undici';
import type { Clock } from '../clock/clock.ts';
import type { AddressGuard, GuardOf } from './address-guard.ts';
import { type Deadline, startDeadline, type TimeLimits } from './deadline.ts';
import type { Reply } from './outcome.ts';

/** Bytes of a reply's body that are read at most. */
const REPLY_BYTES = 64 * 1024;

/** One POST. `body` is as long as `bytes` says. */
export interface Post {
  /** Of the job: its rules say which addresses are reached. */
  namespace: string;
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

export function createSendPost(guardOf: GuardOf, clock: Clock, limits: TimeLimits): SendPost {
  return async (post, signal) => {
    const connect = guardedConnector(guardOf(post.namespace), limits);
    const deadline = startDeadline(clock, limits, post.bytes, signal);
    // One connection per POST: a kept one may be closed by the receiver as the next body starts.
    const client = new Client(post.url.origin, { connect, headersTimeout: 0, bodyTimeout: 0 });
    // undici heeds a request's signal only once it is connected; a name may take long to resolve.
    const abandon = () => void client.destroy(asError(deadline.signal.reason));
    deadline.signal.addEventListener('abort', abandon, { once: true });
    try {
      deadline.signal.throwIfAborted();
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
      guard.checkHost(options.hostname);
    } catch (error) {
      callback(asError(error), null);
      return;
    }
    connect(options, callback);
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
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
    const body = await beginning(reply.body, afterReplyTime);
    return { status: reply.statusCode, retryAfter: reply.headers['retry-after'], body };
  } catch (error) {
    throw source.error ?? error;
  }
}

/**
 * The beginning of a reply's body. It is read to its end or its limit: a receiver that is still writing
 * is not cut off early. What goes wrong with it decides nothing.
 */
async function beginning(
  body: Readable,
  afterReplyTime: (fn: () => void) => () => void,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const cancel = afterReplyTime(() => body.destroy());
  try {
    for await (const chunk of body) {
      chunks.push(Buffer.from(chunk));
      bytes += chunks.at(-1)?.length ?? 0;
      if (bytes >= REPLY_BYTES) break;
    }
  } catch {
    // The status line was the answer; the log keeps what there was of the rest.
  } finally {
    cancel();
  }
  return Buffer.concat(chunks).subarray(0, REPLY_BYTES);
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
