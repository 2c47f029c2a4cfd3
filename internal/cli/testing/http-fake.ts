import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface FakeRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** The parsed JSON; undefined without a body. */
  body: unknown;
  /** What the groups of the route's pattern matched. */
  params: string[];
}

export interface FakeAnswer {
  status?: number;
  body?: unknown;
  /** Instead of `body`, as it is. */
  text?: string;
  headers?: Record<string, string>;
}

/** Answers, or takes the stream and returns nothing. */
export type Handler = (request: FakeRequest, stream: FakeStream) => FakeAnswer | undefined;

/** The answer of an event stream (SSE), as a handler writes it. */
export class FakeStream {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  send(event: { id?: string; event?: string; data: unknown }): void {
    const id = event.id === undefined ? '' : `id: ${event.id}\n`;
    this.raw(`${id}event: ${event.event ?? 'message'}\ndata: ${JSON.stringify(event.data)}\n\n`);
  }

  /** Text as it is, perhaps half an event. */
  raw(chunk: string): void {
    if (!this.#response.headersSent) {
      this.#response.writeHead(200, { 'content-type': 'text/event-stream' });
    }
    this.#response.write(chunk);
  }

  /** Closes the stream properly. */
  end(): void {
    this.raw('');
    this.#response.end();
  }

  /** Breaks the connection, after what was written has gone out. */
  cut(): void {
    this.raw(':\n');
    setImmediate(() => this.#response.socket?.resetAndDestroy());
  }

  onClose(fn: () => void): void {
    this.#response.once('close', fn);
  }
}

/** An HTTP server of routes; the latest that matches wins. */
export class HttpFake {
  readonly requests: FakeRequest[] = [];
  readonly #routes: { method: string; pattern: RegExp; handler: Handler }[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** @param pattern of the whole path, for example `/v1/jobs/([^/]+)`. */
  route(method: string, pattern: string, handler: Handler): void {
    this.#routes.unshift({ method, pattern: new RegExp(`^${pattern}$`), handler });
  }

  /** Like {@link route}, for the next request alone. */
  once(method: string, pattern: string, handler: Handler): void {
    let used = false;
    const only = new RegExp(`^${pattern}$`);
    const test = (path: string) => !used && only.test(path);
    const once: Handler = (request, stream) => {
      used = true;
      return handler({ ...request, params: matched(only, request.path) }, stream);
    };
    const guarded = Object.assign(new RegExp(only), { test });
    this.#routes.unshift({ method, pattern: guarded, handler: once });
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = incoming;
    const url = new URL(incoming.url ?? '/', 'http://fake');
    const body = await text(incoming);
    const path = url.pathname;
    const route = this.#routes.find((one) => one.method === method && one.pattern.test(path));
    const request: FakeRequest = {
      method,
      path,
      query: url.searchParams,
      headers,
      body: body === '' ? undefined : JSON.parse(body),
      params: route === undefined ? [] : matched(route.pattern, path),
    };
    this.requests.push(request);
    const answer =
      route === undefined ? notFound(path) : route.handler(request, new FakeStream(response));
    if (answer !== undefined) write(response, answer);
  }
}

function matched(pattern: RegExp, path: string): string[] {
  return (pattern.exec(path) ?? []).slice(1).map(decodeURIComponent);
}

function write(response: ServerResponse, { status = 200, body, text, headers }: FakeAnswer): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(text ?? JSON.stringify(body ?? {}));
}

function notFound(path: string): FakeAnswer {
  return problem(404, `there is no ${path}`);
}

/** An answer in problem+json. */
export function problem(
  status: number,
  detail: string,
  errors?: { path: string; message: string }[],
): FakeAnswer {
  const more = errors === undefined ? {} : { errors };
  return { status, body: { type: 'about:blank', title: 'Problem', status, detail, ...more } };
}
