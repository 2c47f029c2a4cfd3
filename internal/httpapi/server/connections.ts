import { setMaxListeners } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../clock/clock.ts';
import { tellShutdown } from './shutdown.ts';

/** How long a request of which no more comes holds up the end of its server, in ms, twice at most. */
const STALL_MS = 500;

/** A server's connections, and how they end. */
export class Connections {
  readonly #server: Server;
  /** Every open connection with the responses that are not sent in full. */
  readonly #open = new Map<Socket, Set<ServerResponse>>();
  readonly #shutdown = new AbortController();
  #closing: Promise<void> | undefined;

  constructor(server: Server) {
    this.#server = server;
    // Every stream that is open listens to it.
    setMaxListeners(0, this.#shutdown.signal);
    server.on('connection', (socket) => this.#add(socket));
    server.prependListener('request', (request, response) => this.#begin(request.socket, response));
  }

  /** See `Listening.close`. A second call waits for the first. */
  close(graceMs: number, clock: Clock): Promise<void> {
    this.#closing ??= this.#close(graceMs, clock);
    return this.#closing;
  }

  async #close(graceMs: number, clock: Clock): Promise<void> {
    // Node's close() would destroy connections whose response is ended but still on its way.
    this.#server.closeIdleConnections = () => {};
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const [socket, responses] of this.#open) {
      if (responses.size === 0) socket.destroy();
      for (const response of responses) lastOnItsConnection(response);
    }
    this.#shutdown.abort();
    const cancel = clock.after(graceMs, () => this.#server.closeAllConnections());
    const stopLooking = this.#cutStalled(clock);
    await closed;
    stopLooking();
    cancel();
  }

  /** Nothing was promised to who has not even sent all of a request. @returns what ends it. */
  #cutStalled(clock: Clock): () => void {
    const seen = new Map<Socket, number>();
    const look = () => {
      for (const [socket, responses] of this.#open) {
        const isComing = [...responses].some(({ req }) => !req.complete);
        if (isComing && seen.get(socket) === socket.bytesRead) socket.destroy();
        seen.set(socket, socket.bytesRead);
      }
      cancel = clock.after(STALL_MS, look);
    };
    let cancel = clock.after(STALL_MS, look);
    return () => cancel();
  }

  #add(socket: Socket): void {
    this.#open.set(socket, new Set());
    socket.once('close', () => this.#open.delete(socket));
  }

  #begin(socket: Socket, response: ServerResponse): void {
    tellShutdown(response, this.#shutdown.signal);
    if (this.#closing !== undefined) lastOnItsConnection(response);
    this.#open.get(socket)?.add(response);
    response.once('close', () => this.#end(socket, response));
  }

  #end(socket: Socket, response: ServerResponse): void {
    const responses = this.#open.get(socket);
    responses?.delete(response);
    if (this.#closing !== undefined && responses?.size === 0) socket.destroySoon();
  }
}

function lastOnItsConnection(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
