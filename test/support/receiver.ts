import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { hasCode } from '../lab/process.ts';
import { waitFor } from '../lab/wait.ts';
import type { ResultBody } from './result-body.ts';

export interface Delivery {
  path: string;
  headers: IncomingHttpHeaders;
  /** As it came. */
  text: string;
  body: ResultBody;
  /** Status of the answer; undefined when there was none. */
  answered?: number;
}

/** A callback receiver on this machine. Answers 200 unless told otherwise. */
export class Receiver {
  readonly deliveries: Delivery[] = [];
  /** Status of the next answers. */
  status = 200;
  /** Decides each answer where `status` is not enough; `hang` never answers, `reset` hangs up. */
  answer: (delivery: Delivery) => number | 'hang' | 'reset' = () => this.status;
  readonly #server: Server;
  readonly #waiting = new Map<string, (delivery: Delivery) => void>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', async (request, response) => {
      const text = await textOf(request);
      if (text === undefined) return;
      const body = JSON.parse(text) as ResultBody;
      const delivery: Delivery = { path: request.url ?? '', headers: request.headers, text, body };
      this.deliveries.push(delivery);
      const answer = this.answer(delivery);
      if (answer === 'hang') return;
      if (answer === 'reset') {
        request.socket.destroy();
        return;
      }
      delivery.answered = answer;
      response.writeHead(answer).end();
      this.#waiting.get(delivery.path)?.(delivery);
    });
  }

  /** @param host address of this machine to listen on. */
  static async start(host = '127.0.0.1'): Promise<Receiver> {
    const server = createServer().listen(0, host);
    await once(server, 'listening');
    return new Receiver(server);
  }

  url(path: string): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${address}:${port}${path}`;
  }

  at(path: string): Delivery[] {
    return this.deliveries.filter((delivery) => delivery.path === path);
  }

  /** The next delivery to a path, at the moment it comes. Ask before it can. */
  delivered(path: string): Promise<Delivery> {
    return new Promise((resolve) => this.#waiting.set(path, resolve));
  }

  /** Awaits the first delivery to a path. */
  delivery(path: string, timeoutMs = 60_000): Promise<Delivery> {
    return waitFor(() => this.at(path)[0], { what: `a callback to ${path}`, timeoutMs });
  }

  /** Breaks every connection: what hangs is over. */
  hangUp(): void {
    this.#server.closeAllConnections();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** The whole body; undefined when the sender died within it. */
async function textOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch (error) {
    if (hasCode(error, 'ECONNRESET')) return undefined;
    throw error;
  }
  return Buffer.concat(chunks).toString();
}
