import type { IncomingMessage } from 'node:http';
import { ApiProblem } from '../problem.ts';
import { askForBody } from '../server/expected-body.ts';

/** Where a request has its body when it was read before anybody asked for it. */
const KEPT = Symbol('kept body');

/** True when a body was sent, if perhaps an empty one in parts. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const { 'content-length': length = '0', 'transfer-encoding': coding } = headers;
  return Number(length) > 0 || coding !== undefined;
}

/** Reads a body for `readBody`. @returns its length. @throws ApiProblem as that. */
export async function keepBody(request: IncomingMessage, limit: number): Promise<number> {
  const bytes = await readBody(request, limit);
  Object.defineProperty(request, KEPT, { value: bytes, configurable: true });
  return bytes.length;
}

/**
 * Reads a body into memory. `express.raw` is not used: beyond the limit it reads on to the end
 * before it says so.
 * @param limit most bytes.
 * @throws ApiProblem 413 as soon as the limit is passed, or by the declared length before any byte.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const kept: unknown = Reflect.get(request, KEPT);
  if (Buffer.isBuffer(kept)) {
    // Whoever asks for it is to be the only one who has it, and lets it go.
    Reflect.deleteProperty(request, KEPT);
    if (kept.length > limit) throw tooLarge(limit);
    return kept;
  }
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
    const brokeOff = (cause?: Error) =>
      reject(new ApiProblem(400, 'The body broke off.', { cause }));
    request.once('error', brokeOff);
    request.once('close', () => brokeOff());
  });
}

function tooLarge(limit: number): ApiProblem {
  return new ApiProblem(413, `The body is larger than ${limit} bytes. Send less in one request.`);
}
