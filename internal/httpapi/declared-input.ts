import type { Request } from 'express';
import { ProblemList, unknownField } from '../apis/validation/index.ts';
import type { Route } from './access/route.ts';
import { hasBody, readBody } from './body/read-body.ts';
import { operations } from './openapi/operations/index.ts';
import type { Operation, Parameter } from './openapi/types.ts';
import { ApiProblem } from './problem.ts';

/** Of a body that is not taken: it is read so that its members can be named. */
const MOST_BYTES = 64 * 1024;

/**
 * Holds requests of a route against what `openapi/operations` says that it takes, so that nothing which
 * somebody sends is taken for done and was not looked at: query parameters that the call does not have,
 * that come twice or have no effect beside the others are refused, and so is a body where it has none.
 * Members of the bodies that it has are checked by their schemas.
 * @returns what throws ApiProblem 400.
 * @throws Error for a route that the operations do not have.
 */
export function declaredInput(route: Pick<Route, 'method' | 'path'>) {
  const { parameters = [], anyQuery, body } = operationOf(route);
  const known = new Map(parameters.filter((it) => it.in === 'query').map((it) => [it.name, it]));
  return async (request: Request): Promise<void> => {
    if (!anyQuery && request.url.includes('?')) checkQuery(request, known);
    if (body === undefined) await checkNoBody(request);
  };
}

function operationOf({ method, path }: Pick<Route, 'method' | 'path'>): Operation {
  const at = path.replace(/:(\w+)/g, '{$1}');
  const found = operations.find((it) => it.method === method && it.path === at);
  if (found === undefined) throw new Error(`${method} ${path} is not in openapi/operations`);
  return found;
}

function checkQuery({ query }: Request, known: ReadonlyMap<string, Parameter>): void {
  const wrong = Object.entries(query).flatMap(([name, value]) => {
    const parameter = known.get(name);
    if (parameter === undefined) return unknownField(name, [...known.keys()], 'query parameter');
    if (Array.isArray(value)) return `"${name}" is given ${value.length} times: give it once`;
    return withoutEffect(parameter, query) ?? [];
  });
  if (wrong.length === 0) return;
  const shown = wrong.slice(0, 10).join('; ');
  throw new ApiProblem(400, `The query is wrong, and nothing was done: ${shown}.`);
}

function withoutEffect(parameter: Parameter, query: Request['query']): string | undefined {
  const { name, 'x-only-with': needed, 'x-not-with': excluded } = parameter;
  const isOn = (flag: string) => query[flag] === 'true';
  if (needed !== undefined && !isOn(needed)) return `"${name}" works only with "${needed}=true"`;
  if (excluded === undefined || !isOn(excluded)) return undefined;
  return `"${name}" does not work with "${excluded}=true"`;
}

/** Some clients send `{}` with every POST: it asks for nothing. */
async function checkNoBody(request: Request): Promise<void> {
  if (!hasBody(request)) return;
  const bytes = await readBody(request, MOST_BYTES).catch((error: unknown) => {
    throw error instanceof ApiProblem && error.status === 413 ? noBody([]) : error;
  });
  const text = bytes.toString().trim();
  if (!/^(?:\{\s*\})?$/.test(text)) throw noBody(membersOf(text));
}

function noBody(members: readonly string[]): ApiProblem {
  const problems = new ProblemList();
  for (const name of members) problems.add([name], () => unknownField(name, []));
  const detail = 'This takes no body, and nothing was done. Leave the body out.';
  return new ApiProblem(
    400,
    detail,
    members.length === 0 ? {} : { errors: problems.failure().problems },
  );
}

function membersOf(text: string): string[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? [] : Object.keys(Object(value));
  } catch {
    return [];
  }
}
