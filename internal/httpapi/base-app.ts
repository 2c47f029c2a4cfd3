import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Answering } from './access/route.ts';
import { errorHandler } from './error-handler.ts';
import type { ApiOptions } from './options.ts';
import { ApiProblem, notFound } from './problem.ts';
import { requestLog } from './request-log.ts';
import { requestMetrics } from './request-metrics.ts';

/** An app of these routes, with what every app has: log, metrics, headers, and answers to all that fails. */
export function baseApp(
  { log, clock, requests }: Pick<ApiOptions, 'log' | 'clock' | 'requests'>,
  routes: Answering[],
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(requestMetrics(requests, clock));
  app.use(requestLog(log, clock));
  app.use(helmet());
  for (const { path, method, handler } of routes) app.route(path)[method](handler);
  for (const path of new Set(routes.map((route) => route.path))) {
    app.route(path).all(otherMethod(routes.filter((route) => route.path === path)));
  }
  app.use(noRoute);
  app.use(errorHandler(log));
  return app;
}

const ALLOW = { get: 'GET, HEAD', post: 'POST', put: 'PUT', delete: 'DELETE' };

function otherMethod(routes: Answering[]): RequestHandler {
  const allow = routes.map(({ method }) => ALLOW[method]).join(', ');
  return (request) => {
    const detail = `${request.method} does not work on this path. Use ${allow}.`;
    throw new ApiProblem(405, detail, { headers: { Allow: allow } });
  };
}

const noRoute: RequestHandler = () => {
  throw notFound('Nothing answers at this path. Check it against the list of endpoints.');
};
