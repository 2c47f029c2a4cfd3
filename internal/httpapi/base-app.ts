import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import type { Answering } from './access/route.ts';
import { errorHandler } from './error-handler.ts';
import type { ApiOptions } from './options.ts';
import { ApiProblem, notFound } from './problem.ts';
import { requestLog } from './request-log.ts';
import { requestMetrics } from './request-metrics.ts';
import { securityHeaders } from './security-headers.ts';

/** An app of these routes, with what every app has: log, metrics, headers, and answers to all that fails. */
export function baseApp(
  { log, clock, requests }: Pick<ApiOptions, 'log' | 'clock' | 'requests'>,
  routes: Answering[],
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(first(requestMetrics(requests, clock), requestLog(log, clock), protection()));
  for (const { path, method, handler } of routes) app.route(path)[method](handler);
  for (const path of new Set(routes.map((route) => route.path))) {
    app.route(path).all(otherMethod(routes.filter((route) => route.path === path)));
  }
  app.use(noRoute);
  app.use(errorHandler(log));
  return app;
}

/** What is done with every request before it is routed. */
type Step = (request: Request, response: Response) => void;

/** Steps as one handler: the router takes as long for each handler as such a step. */
function first(...steps: Step[]): RequestHandler {
  return (request, response, next) => {
    for (const step of steps) step(request, response);
    next();
  };
}

function protection(): Step {
  const headers = securityHeaders();
  return (_request, response) => {
    for (const [name, value] of headers) response.setHeader(name, value);
  };
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
