import type { IncomingMessage } from 'node:http';
import { ApiProblem } from '../problem.ts';
import { askForBody } from '../server/expected-body.ts';

/** True when a body was sent, if perhaps an empty one in parts. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const { 'content-length': length = '0', 'transfer-encoding': coding } = headers;
  return Number(length) > 0 || coding !== undefined;
}

/**
 * Reads a body into memory. `express.raw` is not used: beyond the limit it reads on to the end
 * before it says so.
 * @param limit most bytes.
 * @throws ApiProblem 413 as soon as the limit is passed, or by the declared length before any byte.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  askForBody(request);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      request.off('data', onData);
      reject(tooLarge(limit));
    };
    request.on('data', onData);
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', (cause) => reject(new ApiProblem(400, 'The body broke off.', { cause })));
  });
}

function tooLarge(limit: number): ApiProblem {
  return new ApiProblem(413, `The body is larger than ${limit} bytes. Send less in one request.`);
}
