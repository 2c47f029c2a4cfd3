import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Logger } from 'pino';
import { type Clock, systemClock } from '../../clock/clock.ts';
import { Connections } from './connections.ts';
import { deferBodies } from './expected-body.ts';
import { listenFailure } from './listen-failure.ts';

/** Time limits in ms, so that a client that stalls does not hold a connection for ever. */
const TIME_LIMITS = {
  headersTimeout: 15_000,
  requestTimeout: 300_000,
  keepAliveTimeout: 65_000,
  /** How often the first two are looked at. */
  connectionsCheckingInterval: 5_000,
};

export interface Address {
  host: string;
  /** 0 asks for any free port. */
  port: number;
}

export interface ListenOptions extends Address {
  log: Logger;
  /** The system's unless told. */
  clock?: Clock;
  /** What is logged once it listens; `listening` unless told. */
  message?: string;
}

/** A server that listens. */
export interface Listening {
  /** What it really listens on. */
  address: Address;
  /**
   * Stops accepting at once, ends idle connections, lets running requests end within `graceMs`, and
   * cuts what is left then. Resolves when every connection is closed.
   */
  close(graceMs: number): Promise<void>;
}

/**
 * Serves `app`.
 * @throws Error with one sentence on what is wrong and what to do, when it cannot listen.
 */
export async function listen(app: RequestListener, options: ListenOptions): Promise<Listening> {
  const { host, port, log, clock = systemClock, message = 'listening' } = options;
  const server = createServer(TIME_LIMITS, app);
  const connections = new Connections(server);
  deferBodies(server);
  await started(server, { host, port });
  server.on('error', (err) => log.error({ err }, 'server error'));
  const address = addressOf(server, { host, port });
  log.info(address, message);
  return { address, close: (graceMs) => connections.close(graceMs, clock) };
}

async function started(server: Server, address: Address): Promise<void> {
  server.listen(address);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw listenFailure(error, address);
  }
}

function addressOf(server: Server, asked: Address): Address {
  const bound = server.address();
  return bound === null || typeof bound === 'string'
    ? asked
    : { host: bound.address, port: bound.port };
}
