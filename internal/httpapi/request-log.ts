import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Clock } from '../clock/clock.ts';
import { idMaker } from './new-id.ts';
import { statusOf } from './request-metrics.ts';

declare module 'http' {
  interface IncomingMessage {
    /** Under which the log has what came of the request; `x-request-id` of its answer. */
    id: string;
  }
}

/** Asked every few seconds by machines. */
const PROBES = new Set(['/healthz', '/readyz', '/metrics']);
const SHOWN_PATH_CHARS = 200;

interface Seen extends IncomingMessage {
  originalUrl?: string;
}

/**
 * One line per request, and an id for each, which the client gets as `x-request-id`. Never a
 * header, a query or a body: they hold tokens and output. By hand: pino-http makes a logger for each
 * request and one for its answer, which took a sixth of the time of a submission.
 */
export function requestLog(log: Logger, clock: Clock) {
  const newId = idMaker(clock);
  return (request: Seen, response: ServerResponse): void => {
    const begun = clock.monotonic();
    request.id = newId();
    response.setHeader('x-request-id', request.id);
    response.once('close', () => tell(log, request, response, clock.monotonic() - begun));
  };
}

function tell(log: Logger, request: Seen, response: ServerResponse, ms: number): void {
  const path = pathOf(request);
  log[PROBES.has(path) ? 'debug' : 'info'](
    {
      request: request.id,
      method: request.method,
      path: path.slice(0, SHOWN_PATH_CHARS),
      status: statusOf(response),
      ms: Math.round(ms),
    },
    response.writableFinished ? 'request completed' : 'request aborted',
  );
}

/** Not the router's path: that changes while it routes. */
function pathOf(request: Seen): string {
  return (request.originalUrl ?? request.url ?? '').split('?', 1)[0] ?? '';
}
