import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to Redis by TCP whose connections can fall silent, as when a machine is gone: none is closed. */
export class MuteRelay {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer();

  static async to(socketPath: string): Promise<MuteRelay> {
    const relay = new MuteRelay();
    relay.#server.on('connection', (near) => relay.#join(near, connect(socketPath)));
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Nothing passes any more on the connections that there are; new ones are as they should be. */
  mute(): void {
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #join(near: Socket, far: Socket): void {
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    near.pipe(far);
    far.pipe(near);
  }
}
