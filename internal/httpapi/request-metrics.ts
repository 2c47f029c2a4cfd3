import type { ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import type { Clock } from '../clock/clock.ts';
import type { RequestMetrics } from './options.ts';

/** What is told of a request whose client went before the answer began; nginx's word for it. */
const CLIENT_WENT = 499;

/** Tells of each request once its answer is over. */
export function requestMetrics(metrics: RequestMetrics, clock: Clock) {
  return (request: Request, response: Response): void => {
    const begun = clock.monotonic();
    response.once('close', () => {
      const { method } = request;
      const handled = { method, route: routeOf(request), status: statusOf(response) };
      metrics.handled(handled, (clock.monotonic() - begun) / 1000);
    });
  };
}

/** The pattern, of which there are few: a path holds names and uids. */
export function routeOf({ route }: Request): string {
  const path: unknown = route?.path;
  return typeof path === 'string' ? path : 'none';
}

/** The status that was sent; of an answer that had not begun when its client went there is none. */
export function statusOf({
  headersSent,
  statusCode,
}: Pick<ServerResponse, 'headersSent' | 'statusCode'>): number {
  return headersSent ? statusCode : CLIENT_WENT;
}
