import type { IncomingMessage } from 'node:http';
import type { Clock } from '../clock/clock.ts';
import { ApiError } from './api-error.ts';
import { connectionError } from './connection-error.ts';
import { CliError, EXIT } from './errors.ts';
import { EventParser, type ServerEvent } from './event-parser.ts';

export type { ServerEvent } from './event-parser.ts';

export interface EventsOptions {
  /** Continue after this event. */
  lastEventId?: string;
  /** Ends the stream; the run's own signal always does. */
  signal?: AbortSignal;
  /** Called before each new connection, and so before what a stream without ids repeats. */
  onReconnect?: () => void;
}

export interface EventSource {
  server: URL;
  clock: Clock;
  signal: AbortSignal;
  open(request: {
    path: string;
    headers: Record<string, string>;
    signal: AbortSignal;
  }): Promise<IncomingMessage>;
}

/** The server says something every 15 s, if only a comment: after three of them the connection is dead. */
const SILENCE_MS = 45_000;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 5000;
/** Attempts without a single byte; about half a minute of a server that is away. */
const MOST_FAILURES = 10;
const PASSING_STATUS = new Set([408, 429, 502, 503, 504]);

/** Reads events over as many connections as it takes; see `Client.events`. */
export async function* readEvents(
  source: EventSource,
  path: string,
  options: EventsOptions,
): AsyncGenerator<ServerEvent, never> {
  const signal = options.signal ? AbortSignal.any([source.signal, options.signal]) : source.signal;
  const stream: Stream = { ...source, signal, path, ...START, id: options.lastEventId };
  for (;;) {
    const error = yield* oneConnection(stream);
    signal.throwIfAborted();
    if (!mayReturn(error, stream)) throw connectionError(source.server, error);
    if (stream.failures >= MOST_FAILURES) throw gaveUp(source.server, error);
    await source.clock.sleep(delayMs(stream.failures), signal);
    signal.throwIfAborted();
    stream.failures++;
    options.onReconnect?.();
  }
}

interface Stream extends EventSource {
  path: string;
  /** Of the last event that was passed on. */
  id: string | undefined;
  /** Connections in a row that brought nothing. */
  failures: number;
  /** Whether the server has ever answered. */
  opened: boolean;
}

const START = { failures: 0, opened: false };

/** Passes on the events of one connection, and returns what ended it. */
async function* oneConnection(stream: Stream): AsyncGenerator<ServerEvent, unknown> {
  try {
    yield* eventsOf(stream);
    return new Error('the server closed it');
  } catch (error) {
    return error;
  }
}

async function* eventsOf(stream: Stream): AsyncGenerator<ServerEvent, void> {
  const silence = new AbortController();
  const signal = AbortSignal.any([stream.signal, silence.signal]);
  const response = await stream.open({ path: stream.path, headers: headersOf(stream), signal });
  stream.opened = true;
  const parser = new EventParser(stream.id);
  const listen = () => stream.clock.after(SILENCE_MS, () => silence.abort());
  let cancel = listen();
  try {
    response.setEncoding('utf8');
    for await (const chunk of response) {
      cancel();
      stream.failures = 0;
      for (const event of parser.feed(String(chunk))) {
        yield event;
        stream.id = event.id;
      }
      cancel = listen();
    }
  } finally {
    cancel();
    response.destroy();
  }
}

function headersOf({ id }: Stream): Record<string, string> {
  return { accept: 'text/event-stream', ...(id === undefined ? {} : { 'last-event-id': id }) };
}

/** Whether a new connection may do better. The first one must come about at once. */
function mayReturn(error: unknown, { opened }: Stream): boolean {
  if (error instanceof ApiError) return PASSING_STATUS.has(error.status);
  if (!opened) return false;
  return !(error instanceof CliError) || error.exitCode === EXIT.timedOut;
}

function delayMs(failures: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** failures, LONGEST_DELAY_MS);
}

function gaveUp(server: URL, error: unknown): CliError {
  if (error instanceof CliError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new CliError(`the stream from ${server.origin} was lost and does not come back: ${why}`);
}
