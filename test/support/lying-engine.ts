import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';

/** What of an engine's lists may be untrue. */
export type ListKind = 'tasks' | 'services' | 'nodes';
/** `none` is an empty list; of `half` every second entry is missing. */
export type Lie = 'none' | 'half';

/** A proxy before an engine that tells untrue lists while it is asked to; all else passes as it is. */
export class LyingEngine {
  /** The lists that are untrue now. */
  lies: ReadonlyMap<ListKind, Lie> = new Map();
  /** How many untrue lists it has told. */
  told = 0;
  readonly #server: Server;

  private constructor(server: Server, engineSocket: string) {
    this.#server = server;
    server.on('request', (incoming, answer) => {
      const { method = '', url = '', headers } = incoming;
      const outgoing = request({ socketPath: engineSocket, method, path: url, headers });
      outgoing.on('response', async (response) => {
        const lie = response.statusCode === 200 ? this.#lieTo(incoming) : undefined;
        if (lie !== undefined) {
          const truth = await listOf(response);
          this.told++;
          const list = lie === 'none' ? [] : truth.filter((_, i) => i % 2 === 0);
          answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(list));
          return;
        }
        answer.writeHead(response.statusCode ?? 502, response.headers);
        answer.flushHeaders();
        response.pipe(answer);
      });
      outgoing.on('error', () => answer.destroy());
      answer.on('close', () => outgoing.destroy());
      incoming.pipe(outgoing);
    });
  }

  /** @param socket path of the unix socket that it listens on. */
  static async start(engineSocket: string, socket: string): Promise<LyingEngine> {
    const server = createServer();
    const engine = new LyingEngine(server, engineSocket);
    server.listen(socket);
    await once(server, 'listening');
    return engine;
  }

  #lieTo({ method, url = '' }: IncomingMessage): Lie | undefined {
    const { pathname } = new URL(url, 'http://engine');
    const kind = /^(?:\/v[\d.]+)?\/(tasks|services|nodes)$/.exec(pathname)?.[1];
    return method === 'GET' ? this.lies.get(kind as ListKind) : undefined;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function listOf(response: IncomingMessage): Promise<unknown[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString()) as unknown[];
}
