import type { IncomingMessage } from 'node:http';
import { ApiProblem } from '../problem.ts';
import { inSteps } from './in-steps.ts';
import { JsonFault } from './json-fault.ts';
import { requireJson } from './media-type.ts';
import { parseJson } from './parse-json.ts';
import { readBody } from './read-body.ts';

/** Kept: to make one takes longer than to decode a body of some hundred bytes. */
const DECODER = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a request's JSON. To be called only once it is known that the client may send it.
 * @param limit most bytes.
 * @throws ApiProblem 400, 413 or 415.
 */
export async function jsonBody(request: IncomingMessage, limit: number): Promise<unknown> {
  requireJson(request);
  const text = decode(await readBody(request, limit));
  if (text === '') throw new ApiProblem(400, 'The body is empty. Send a JSON object.');
  return parsed(text);
}

/**
 * The same of a body that may be left out.
 * @returns undefined for none, and for `{}`, which some clients send with every POST.
 */
export async function optionalJsonBody(request: IncomingMessage, limit: number): Promise<unknown> {
  const bytes = await readBody(request, limit);
  if (/^\s*(?:\{\s*\}\s*)?$/.test(bytes.toString())) return undefined;
  requireJson(request);
  return parsed(decode(bytes));
}

async function parsed(text: string): Promise<unknown> {
  try {
    return await inSteps(parseJson(text));
  } catch (error) {
    throw error instanceof JsonFault ? refusal(error) : error;
  }
}

function decode(bytes: Buffer): string {
  try {
    return DECODER.decode(bytes);
  } catch (cause) {
    throw new ApiProblem(400, 'The body is not UTF-8. Send it in UTF-8.', { cause });
  }
}

function refusal({ message, position, path }: JsonFault): ApiProblem {
  const where = `line ${position.line}, column ${position.column}`;
  if (path === undefined) {
    return new ApiProblem(400, `The body is not JSON: ${where}: ${message}. Correct it.`);
  }
  const detail = `The body is refused at ${where}. Correct what "errors" lists and send it again.`;
  return new ApiProblem(400, detail, { errors: [{ path, message }] });
}
