import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Logger } from 'pino';
import { StoreError } from '../store/errors.ts';
import { discardRest } from './body/discard-rest.ts';
import { ApiProblem } from './problem.ts';
import { storeProblem } from './store-problem.ts';

/**
 * Turns whatever a handler throws into `application/problem+json`. What is no fault of the client's
 * is logged with its stack and shown only by its request id.
 */
export function errorHandler(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const problem = problemOf(error) ?? internal(error, request);
    logFault(log, problem, request);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    send(problem, response);
    discardRest(request);
  };
}

function problemOf(error: unknown): ApiProblem | undefined {
  if (error instanceof ApiProblem) return error;
  if (error instanceof StoreError) return storeProblem(error);
  if (error instanceof URIError) {
    return new ApiProblem(400, 'The path has a broken % escape. Correct it.');
  }
  return undefined;
}

function internal(cause: unknown, request: Request): ApiProblem {
  const detail =
    'The server failed, through no fault of the request. Tell its operator the request id ' +
    `${String(request.id)}, under which its log has the cause.`;
  return new ApiProblem(500, detail, { cause });
}

function logFault(log: Logger, problem: ApiProblem, request: Request): void {
  if (problem.status < 500) return;
  const level = problem.status === 503 ? 'warn' : 'error';
  log[level]({ err: problem.cause, request: request.id }, 'request failed');
}

function send({ status, message, errors, headers }: ApiProblem, response: Response): void {
  const title = STATUS_CODES[status] ?? 'Error';
  response
    .status(status)
    .set(headers)
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', title, status, detail: message, errors }));
}
