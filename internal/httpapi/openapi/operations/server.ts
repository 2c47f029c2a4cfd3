import type { Answer, Operation } from '../types.ts';
import { json } from './answers.ts';

function open(id: string, path: string, summary: string, answer: Answer): Operation {
  const of = { topic: 'Server', token: 'none', method: 'get' } as const;
  return { ...of, id, path, summary, answers: { 200: answer } };
}

const document: Answer = {
  description: 'OpenAPI 3.1.',
  content: { 'application/json': { schema: { type: 'object' } } },
};
const page: Answer = {
  description: 'A page.',
  content: { 'text/html': { schema: { type: 'string' } } },
};
const readiness = open('readyz', '/readyz', 'See whether the server can work', {
  ...json('All that it needs works.', 'Readiness'),
});

/** Of what machines and browsers ask for, with whatever they add against caches. */
function lenient(operation: Operation): Operation {
  return { ...operation, anyQuery: true };
}

/** Calls on the server itself. */
export const serverOperations: readonly Operation[] = [
  open('version', '/v1/version', 'Read the version', json('The version.', 'Version')),
  lenient(
    open('healthz', '/healthz', 'See whether the process answers', json('It does.', 'Health')),
  ),
  lenient({
    ...readiness,
    answers: { ...readiness.answers, 503: json('Something does not work.', 'Readiness') },
  }),
  {
    ...{ id: 'whoami', topic: 'Server', token: 'user', method: 'get', path: '/v1/whoami' },
    summary: 'See what the token may do',
    answers: { 200: json('Its name, role and namespaces.', 'Caller') },
  },
  lenient(open('openapi', '/openapi.json', 'Read this description of the API', document)),
  lenient(open('docs', '/docs', 'Read it as a page', page)),
];
