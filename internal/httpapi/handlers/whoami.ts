import type { Handler } from '../access/caller.ts';

/** `GET /v1/whoami`: what the token is called, and what it may do. */
export const whoami: Handler = (_request, response, { identity }) => {
  const { name, role, namespaces } = identity;
  const bound = namespaces === '*' ? ['*'] : namespaces;
  response.set('Cache-Control', 'no-store').json({ name, role, namespaces: bound });
};
