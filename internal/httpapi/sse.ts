import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Clock } from '../clock/clock.ts';
import { shutdownOf } from './server/shutdown.ts';

/** Between comments that keep the connection from looking dead, in ms. */
const HEARTBEAT_MS = 15_000;

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  // nginx would hold events back until its buffer is full.
  'X-Accel-Buffering': 'no',
};

/** One server-sent event. `id` and `event` must not contain line ends. */
export interface SseEvent {
  /** What a client sends as `Last-Event-ID` when it comes again. */
  id?: string;
  event: string;
  /** Sent as JSON, in one line. */
  data: unknown;
}

/** An answer in `text/event-stream`. */
export interface SseStream {
  /** Aborts when the client has gone, the server shuts down, or `end` was called. */
  readonly signal: AbortSignal;
  /**
   * Sends an event. Resolves as soon as the client takes more, so that whoever awaits it never fills
   * the memory. Once `signal` has aborted it resolves and sends nothing.
   */
  send(event: SseEvent): Promise<void>;
  /** Ends the answer in order. May be called twice. */
  end(): void;
}

/**
 * Begins an answer of server-sent events with status 200. To a HEAD request it is ended at once.
 * What fails after this call can no longer be answered with a status.
 */
export function openSse(
  request: IncomingMessage,
  response: ServerResponse,
  { clock, log }: { clock: Clock; log: Logger },
): SseStream {
  const stream = new OpenStream(response, clock);
  // A write that meets a connection that has just gone is no fault of the server's.
  response.on('error', (err) => log.debug({ err }, 'an event stream broke'));
  response.writeHead(200, HEADERS);
  response.flushHeaders();
  if (request.method === 'HEAD' || shutdownOf(response)?.aborted) stream.end();
  return stream;
}

class OpenStream implements SseStream {
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  readonly #over = new AbortController();
  #cancelHeartbeat = () => {};

  constructor(response: ServerResponse, clock: Clock) {
    this.#response = response;
    this.#clock = clock;
    const shutdown = shutdownOf(response);
    const cut = () => this.#cut();
    shutdown?.addEventListener('abort', cut);
    response.once('close', () => {
      shutdown?.removeEventListener('abort', cut);
      this.#stop();
    });
    this.#heartbeat();
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  async send({ id, event, data }: SseEvent): Promise<void> {
    if (this.signal.aborted) return;
    const head = id === undefined ? '' : `id: ${id}\n`;
    if (this.#response.write(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)) return;
    // It fails when the client goes, or with an error that is logged where the stream was opened.
    await once(this.#response, 'drain', { signal: this.signal }).catch(() => this.#stop());
  }

  end(): void {
    if (this.signal.aborted) return;
    this.#stop();
    this.#response.end();
  }

  /** A client that does not read would keep what is left, and with it the server, waiting. */
  #cut(): void {
    if (this.#response.writableNeedDrain) this.#response.destroy();
    this.end();
  }

  #stop(): void {
    this.#cancelHeartbeat();
    this.#over.abort();
  }

  #heartbeat(): void {
    this.#cancelHeartbeat = this.#clock.after(HEARTBEAT_MS, () => {
      // To a client that does not read nothing is added.
      if (!this.#response.writableNeedDrain) this.#response.write(':\n\n');
      this.#heartbeat();
    });
  }
}
