import * as http from 'node:http';
import * as https from 'node:https';
import { text } from 'node:stream/consumers';
import type { Clock } from '../clock/clock.ts';
import { CliError, EXIT } from './errors.ts';

export interface TransportOptions {
  server: URL;
  token: string | undefined;
  /** Ms until a request without an answer fails; 0: never. */
  requestTimeoutMs: number;
  clock: Clock;
  /** Ends every request. */
  signal: AbortSignal;
  agentName: string;
}

export interface Outgoing {
  method: string;
  /** From the root of the API, such as `/v1/jobs?limit=1`. */
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** Ends this request alone. */
  signal?: AbortSignal;
}

export interface WholeAnswer {
  status: number;
  etag: string | undefined;
  body: string;
}

/** Takes requests to one server. On node:http, which costs no time to load. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #agent: http.Agent;

  constructor(options: TransportOptions) {
    this.#options = options;
    const secure = options.server.protocol === 'https:';
    this.#agent = new (secure ? https : http).Agent({ keepAlive: true });
  }

  get server(): URL {
    return this.#options.server;
  }

  /**
   * The head of the answer; the body is still to be read.
   * @throws CliError at the timeout, the signal's reason when it aborts, else the system's error.
   */
  open(request: Outgoing): Promise<http.IncomingMessage> {
    return this.#bounded(request, (timeout) =>
      this.#start(request, this.#signals(request, timeout)),
    );
  }

  /** The whole answer. Throws as {@link open} does. */
  exchange(request: Outgoing): Promise<WholeAnswer> {
    return this.#bounded(request, async (timeout) => {
      const response = await this.#start(request, this.#signals(request, timeout));
      const body = await text(response);
      return { status: response.statusCode ?? 0, etag: response.headers.etag, body };
    });
  }

  /** Closes the connections. */
  close(): void {
    this.#agent.destroy();
  }

  async #bounded<T>(request: Outgoing, work: (timeout: AbortSignal) => Promise<T>): Promise<T> {
    const { clock, requestTimeoutMs: ms } = this.#options;
    const timeout = new AbortController();
    const expire = () => timeout.abort(this.#noAnswer(ms));
    const cancel = ms === 0 ? () => false : clock.after(ms, expire);
    try {
      return await work(timeout.signal);
    } catch (error) {
      this.#signals(request, timeout.signal).throwIfAborted();
      throw error;
    } finally {
      cancel();
    }
  }

  #signals(request: Outgoing, timeout: AbortSignal): AbortSignal {
    const own = request.signal ? [request.signal] : [];
    return AbortSignal.any([this.#options.signal, timeout, ...own]);
  }

  #start(request: Outgoing, signal: AbortSignal): Promise<http.IncomingMessage> {
    const { server } = this.#options;
    const { request: open } = server.protocol === 'https:' ? https : http;
    const { method, body } = request;
    return new Promise((resolve, reject) => {
      const outgoing = open(this.#url(request.path), {
        agent: this.#agent,
        method,
        headers: this.#headers(request),
        signal,
      });
      outgoing.once('error', reject);
      outgoing.once('response', resolve);
      outgoing.end(body);
    });
  }

  #headers({ headers, body }: Outgoing): http.OutgoingHttpHeaders {
    const { token, agentName } = this.#options;
    return {
      accept: 'application/json',
      'user-agent': agentName,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      ...headers,
    };
  }

  /** The server may stand below a path of a proxy. */
  #url(path: string): URL {
    const { server } = this.#options;
    return new URL(`${server.pathname.replace(/\/+$/, '')}${path}`, server);
  }

  #noAnswer(ms: number): CliError {
    const { server } = this.#options;
    const what = `no answer from ${server.origin} within ${ms / 1000} s`;
    return new CliError(`${what}; --request-timeout sets how long to wait`, EXIT.timedOut);
  }
}
