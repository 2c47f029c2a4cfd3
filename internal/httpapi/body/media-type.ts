import type { IncomingMessage } from 'node:http';
import { ApiProblem } from '../problem.ts';

const JSON_TYPE = /^application\/json[ \t]*(?:;[ \t]*charset[ \t]*=[ \t]*"?utf-?8"?[ \t]*)?$/i;

/** @throws ApiProblem 415 unless the body is declared to be plain JSON in UTF-8. */
export function requireJson({ headers }: IncomingMessage): void {
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) {
    throw new ApiProblem(415, 'The body must be JSON. Send "Content-Type: application/json".');
  }
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') {
    throw new ApiProblem(415, 'The body must not be compressed. Send it without Content-Encoding.');
  }
}
