import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** One report as it came in. */
export interface Received {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

export type Answering = (response: ServerResponse, count: number) => void;

/** A report endpoint on the loopback interface that answers as it is told. */
export class Receiver {
  readonly requests: Received[] = [];
  readonly #server: Server;

  constructor(answer: Answering) {
    this.#server = createServer(async (request, response) => {
      const { method, url, headers } = request;
      this.requests.push({ method, url, headers, body: await buffer(request) });
      answer(response, this.requests.length);
    });
  }

  /** Answers with these statuses in turn; the last one is repeated. */
  static async withStatuses(...statuses: number[]): Promise<Receiver> {
    const statusAt = (count: number) => statuses[count - 1] ?? statuses.at(-1) ?? 500;
    return Receiver.start((response, count) => response.writeHead(statusAt(count)).end());
  }

  static async start(answer: Answering): Promise<Receiver> {
    const receiver = new Receiver(answer);
    await receiver.listen(0);
    return receiver;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get address(): string {
    return `${this.origin}/result/01JOB?token=s3cret%2B`;
  }

  /** The reports' bodies, parsed. */
  get reports(): unknown[] {
    return this.requests.map(({ body }) => JSON.parse(body.toString('utf8')));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
