import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { ApiError, apiError } from './api-error.ts';
import { connectionError, isLost } from './connection-error.ts';
import { CliError } from './errors.ts';
import { type EventsOptions, readEvents, type ServerEvent } from './event-stream.ts';
import { type Outgoing, Transport, type TransportOptions } from './transport.ts';

export interface Answer<T> {
  status: number;
  body: T;
  /** Resource version of a single object. */
  etag: string | undefined;
}

export interface RequestOptions {
  headers?: Record<string, string>;
  /** Ends this request alone; the run's own signal always does. */
  signal?: AbortSignal;
}

export interface ClientOptions extends TransportOptions {
  /** Ms before a GET is tried again; doubled each time. */
  retryDelayMs?: number;
}

const RETRIES = 3;
const RETRY_DELAY_MS = 200;
const BUSY = new Set([429, 502, 503]);

/**
 * The API of one server. Every path is relative to it, such as `/v1/jobs`; `path.ts` makes them.
 *
 * What is not a success is thrown as an ApiError; its exit code follows from the status.
 */
export class Client {
  readonly #transport: Transport;
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#transport = new Transport(options);
  }

  get server(): URL {
    return this.#transport.server;
  }

  /** Asks, and asks again up to three times when the connection is lost or the server busy. */
  async get<T>(path: string, options: RequestOptions = {}): Promise<T> {
    return (await this.getWithHead<T>(path, options)).body;
  }

  /** Like {@link get}, with status and ETag. */
  async getWithHead<T>(path: string, options: RequestOptions = {}): Promise<Answer<T>> {
    const { default: pRetry } = await import('p-retry');
    const minTimeout = this.#options.retryDelayMs ?? RETRY_DELAY_MS;
    return pRetry(() => this.#json<T>({ method: 'GET', path, ...options }), {
      retries: RETRIES,
      minTimeout,
      signal: this.#options.signal,
      shouldRetry: ({ error }) => isPassing(error),
    }).catch((error: unknown) => {
      throw connectionError(this.server, error);
    });
  }

  /** Sends once: what was lost on the way may have been done. */
  async send<T>(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    options: RequestOptions = {},
  ): Promise<Answer<T>> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    try {
      return await this.#json<T>({ method, path, ...sent, ...options });
    } catch (error) {
      throw connectionError(this.server, error);
    }
  }

  /**
   * The events of a stream (SSE), in order. A connection that is lost is made anew from the last
   * event's id on, so that none is missed and none comes twice; streams without ids begin anew.
   * Ends only when the caller leaves the loop, or with an error.
   */
  events(path: string, options: EventsOptions = {}): AsyncGenerator<ServerEvent, never> {
    const { clock, signal } = this.#options;
    const open = (outgoing: Omit<Outgoing, 'method'>) => this.#open({ method: 'GET', ...outgoing });
    const source = { server: this.server, clock, open, signal };
    return readEvents(source, path, options);
  }

  close(): void {
    this.#transport.close();
  }

  /** @throws the ApiError of an answer that is no success. */
  async #open(outgoing: Outgoing): Promise<IncomingMessage> {
    const response = await this.#transport.open(outgoing);
    const { statusCode = 0 } = response;
    if (isSuccess(statusCode)) return response;
    throw apiError(statusCode, await text(response));
  }

  async #json<T>(outgoing: Outgoing): Promise<Answer<T>> {
    const { status, etag, body } = await this.#transport.exchange(outgoing);
    if (!isSuccess(status)) throw apiError(status, body);
    return { status, etag, body: this.#parsed<T>(body) };
  }

  #parsed<T>(body: string): T {
    try {
      return JSON.parse(body) as T;
    } catch {
      throw new CliError(
        `${this.server.origin} answered with something that is no JSON: is it a Swarmer server?`,
      );
    }
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Whether the same request may succeed in a moment. */
function isPassing(error: unknown): boolean {
  return error instanceof ApiError ? BUSY.has(error.status) : isLost(error);
}
