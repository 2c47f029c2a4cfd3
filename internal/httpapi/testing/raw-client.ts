import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import { pino } from 'pino';
import { type Listening, listen } from '../server/listen.ts';

/** Serves `app` on a free port of the loopback interface while `use` runs. */
export async function serving(
  app: RequestListener,
  use: (server: Listening) => Promise<void>,
): Promise<void> {
  const log = pino({ level: 'silent' });
  const server = await listen(app, { host: '127.0.0.1', port: 0, log });
  try {
    await use(server);
  } finally {
    await server.close(0);
  }
}

/** A client that sends exactly what it is told to, and keeps what it gets. */
export class RawClient {
  readonly socket: Socket;
  #received = '';

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString('latin1');
    });
    // A reset is one of the ways in which a server ends a connection.
    socket.on('error', () => {});
  }

  static async connect({ address }: Listening): Promise<RawClient> {
    const socket = connect(address.port, address.host);
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  get received(): string {
    return this.#received;
  }

  /** Sends a request line and headers, without a body. */
  head(line: string, headers: Record<string, string | number> = {}): void {
    const all = Object.entries({ Host: 'localhost', ...headers });
    const lines = all.map(([name, value]) => `${name}: ${value}\r\n`);
    this.socket.write(`${line} HTTP/1.1\r\n${lines.join('')}\r\n`);
  }
}
