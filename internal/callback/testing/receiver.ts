import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** One callback as it came in. */
export interface Received {
  method: string | undefined;
  path: string | undefined;
  headers: Record<string, string>;
  body: Buffer;
}

export type Answering = (response: ServerResponse, count: number) => void;

/** A callback receiver on 127.0.0.1 that answers as it is told. Closed with the test. */
export class Receiver {
  /** Connections made, whatever came over them. */
  connections = 0;
  readonly requests: Received[] = [];
  readonly #server: Server;

  private constructor(listener: (request: IncomingMessage, response: ServerResponse) => void) {
    this.#server = createServer(listener);
    this.#server.on('connection', () => {
      this.connections += 1;
    });
  }

  /** Reads every request to its end, then answers. A request that breaks off is no request. */
  static async start(answer: Answering): Promise<Receiver> {
    const receiver: Receiver = new Receiver(async (request, response) => {
      const body = await buffer(request).catch(() => undefined);
      if (body === undefined) return;
      const { method, url: path } = request;
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
      receiver.requests.push({ method, path, headers: Object.fromEntries(headers), body });
      answer(response, receiver.requests.length);
    });
    return receiver.#listen();
  }

  /** Answers with these statuses in turn; the last one is repeated. */
  static withStatuses(...statuses: number[]): Promise<Receiver> {
    const statusAt = (count: number) => statuses[count - 1] ?? statuses.at(-1) ?? 500;
    return Receiver.start((response, count) => response.writeHead(statusAt(count)).end());
  }

  /** Leaves requests unread: `listener` does with them what it wants. */
  static unread(listener: (request: IncomingMessage, response: ServerResponse) => void) {
    return new Receiver(listener).#listen();
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/done`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #listen(): Promise<Receiver> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => this.close());
    return this;
  }
}
