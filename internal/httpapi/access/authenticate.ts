import type { IncomingMessage } from 'node:http';
import type { Identity } from '../../access/index.ts';
import type { ApiOptions } from '../options.ts';
import { unauthorized } from '../problem.ts';

const BEARER = /^Bearer +([^ ]+) *$/i;

/** Who sends a request. Reads nothing but the headers. @throws ApiProblem 401, 429. */
export async function authenticate(
  { access, limits }: Pick<ApiOptions, 'access' | 'limits'>,
  request: IncomingMessage,
): Promise<Identity> {
  const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
  const identity = access.identify(token);
  if (identity !== undefined) return identity;
  await limits.intruder(request);
  const a = token === undefined ? 'A token' : 'A valid token';
  throw unauthorized(`${a} is needed. Send "Authorization: Bearer <token>".`);
}
