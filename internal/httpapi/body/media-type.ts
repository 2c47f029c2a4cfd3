import type { IncomingMessage } from 'node:http';
import { ApiProblem } from '../problem.ts';

const JSON_TYPE = /^application\/json[ \t]*(?:;[ \t]*charset[ \t]*=[ \t]*"?utf-?8"?[ \t]*)?$/i;

/** @throws ApiProblem 415 unless the body is declared to be plain JSON in UTF-8. */
export function requireJson(request: IncomingMessage): void {
  if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) {
    throw new ApiProblem(415, 'The body must be JSON. Send "Content-Type: application/json".');
  }
  requireUncompressed(request);
}

/** @throws ApiProblem 415 when the body is declared to be compressed. */
export function requireUncompressed({ headers }: IncomingMessage): void {
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') {
    throw new ApiProblem(415, 'The body must not be compressed. Send it without Content-Encoding.');
  }
}
