import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy that breaks all its connections every now and then. */
export class CuttingProxy {
  /** How many connections it has broken. */
  cuts = 0;
  readonly #server: Server;
  readonly #clients = new Set<Socket>();
  readonly #timer: NodeJS.Timeout;

  private constructor(server: Server, everyMs: number) {
    this.#server = server;
    this.#timer = setInterval(() => this.#cut(), everyMs);
  }

  /** Listens, and passes everything on to a port of this machine. */
  static async start(port: number, everyMs: number): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server, everyMs);
    server.on('connection', (client) => proxy.#join(client, connect(port, '127.0.0.1')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    return `http://127.0.0.1:${address.port}`;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#cut();
    this.#server.close();
  }

  #cut(): void {
    this.cuts += this.#clients.size;
    for (const client of this.#clients) client.destroy();
  }

  #join(client: Socket, server: Socket): void {
    this.#clients.add(client);
    for (const socket of [client, server]) {
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#clients.delete(client);
        client.destroy();
        server.destroy();
      });
    }
    client.pipe(server).pipe(client);
  }
}
