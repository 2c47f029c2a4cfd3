import type { Answer, Operation } from './types.ts';

/** An answer as `application/problem+json`. */
export function problem(description: string): Answer {
  const schema = { $ref: '#/components/schemas/Problem' };
  return { description, content: { 'application/problem+json': { schema } } };
}

/** The refusals that many calls have, by status: `components.responses`. */
export const COMMON: Readonly<Record<number, { name: string; answer: Answer }>> = {
  400: {
    name: 'BadRequest',
    answer: problem(
      'A parameter or the body is wrong: it is unknown, no JSON, or breaks a rule; `errors` lists where.',
    ),
  },
  401: { name: 'Unauthorized', answer: problem('There is no valid token.') },
  403: {
    name: 'Forbidden',
    answer: problem(
      'The role of the token does not suffice, or it is not bound to all namespaces; or the ' +
        "operator's policy does not allow it: `errors` lists what, and the rule. Where no token is asked for: the " +
        'host is not known, or a page of another origin has sent it.',
    ),
  },
  404: { name: 'NotFound', answer: problem('There is no such object, or not for this token.') },
  413: { name: 'TooLarge', answer: problem('The body is over the limit.') },
  415: { name: 'NotJson', answer: problem('The body is not `application/json` in UTF-8.') },
  429: {
    name: 'TooMany',
    answer: problem(
      'Too many requests in this second with this token, of this attempt, or from this address. ' +
        '`Retry-After` says how long to wait.',
    ),
  },
  500: {
    name: 'Failed',
    answer: problem("The server failed: its log has the cause under the request's id."),
  },
  503: {
    name: 'Unavailable',
    answer: problem('The store did not answer. Send it again in a moment.'),
  },
};

/** The statuses of `COMMON` that a call can be refused with. */
export function commonRefusals(operation: Operation): number[] {
  const { token, path, body, anyQuery } = operation;
  // Of a path with a namespace that is not the token's nothing is there, whatever is asked for.
  const named = /\{(namespace|id)\}/.test(path);
  return [
    ...(anyQuery && body === undefined ? [] : [400]),
    429,
    ...(token === 'none' ? [] : [401, 500, 503]),
    ...(token === 'user' || (token === 'none' && path !== '/healthz') ? [403] : []),
    ...(named ? [404] : []),
    ...(body === undefined ? [] : [413, 415]),
  ];
}
