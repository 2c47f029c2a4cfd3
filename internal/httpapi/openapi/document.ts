import { componentSchemas } from '../../apis/answers/index.ts';
import type { JsonSchema } from '../../apis/validation/index.ts';
import { operations } from './operations/index.ts';
import { pathParameters } from './path-parameters.ts';
import { COMMON, commonRefusals, problem } from './refusals.ts';
import { type Answer, type MediaType, type Operation, type Parameter, TOPICS } from './types.ts';

/** A call, as OpenAPI has it. */
export interface OperationObject {
  operationId: string;
  tags: [string];
  summary: string;
  description?: string;
  parameters: readonly Parameter[];
  requestBody?: { required: boolean; content: Record<string, MediaType> };
  responses: Record<string, Answer | { $ref: string }>;
  security: Record<string, string[]>[];
  /** Id of the call that does the same under another path. */
  'x-alias-of'?: string;
  /** Query parameters other than those of `parameters` are passed over, not refused. */
  'x-any-query'?: true;
}

export interface OpenApiDocument {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, OperationObject>>;
  components: {
    schemas: Record<string, JsonSchema>;
    responses: Record<string, Answer>;
    securitySchemes: Record<string, Record<string, string>>;
  };
}

const DESCRIPTION =
  'Batch jobs of one-shot container tasks on Docker Swarm. Where the server has tokens, a user ' +
  'sends `Authorization: Bearer <token>`; where it has none, these calls are open. A token has a role ' +
  'and namespaces: the objects of others are answered with 404. All refusals are ' +
  '`application/problem+json`. HEAD works wherever GET does; other methods are answered with 405. ' +
  'Nothing that is sent is ignored: a query parameter that a call does not have, or one that comes twice, a ' +
  'member that its body does not have, and a body where it has none, are answered with 400; `{}` is no body.';

/** The role that a user needs for a call. */
export type RoleOf = (call: Pick<Operation, 'method' | 'path'>) => string | undefined;

/** The API in OpenAPI 3.1. @param version of Swarmer. */
export function openApiDocument(
  version: string,
  roleOf: RoleOf = () => undefined,
): OpenApiDocument {
  return {
    openapi: '3.1.0',
    info: { title: 'Swarmer', version, description: DESCRIPTION },
    servers: [{ url: '/' }],
    tags: Object.entries(TOPICS).map(([name, description]) => ({ name, description })),
    paths: pathsOf(operations, roleOf),
    components: {
      schemas: componentSchemas(),
      responses: Object.fromEntries(
        Object.values(COMMON).map(({ name, answer }) => [name, answer]),
      ),
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

const SECURITY_SCHEMES = {
  userToken: {
    type: 'http',
    scheme: 'bearer',
    description: 'A token of SWARMER_ACCESS_FILE or SWARMER_API_TOKENS.',
  },
  reportToken: {
    ...{ type: 'apiKey', in: 'query', name: 'token' },
    description: 'As it stands in SWARMER_ADDRESS of the attempt.',
  },
};

function pathsOf(all: readonly Operation[], roleOf: RoleOf): OpenApiDocument['paths'] {
  const paths: OpenApiDocument['paths'] = {};
  for (const operation of all) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: operationObject(operation, roleOf(operation)),
    };
  }
  return paths;
}

function operationObject(operation: Operation, role: string | undefined): OperationObject {
  const { id, topic, summary, description, body, token, aliasOf, anyQuery } = operation;
  const roles = role === undefined ? [] : [role];
  const securityOf = { none: [], user: [{ userToken: roles }], report: [{ reportToken: [] }] };
  return {
    operationId: id,
    tags: [topic],
    summary,
    ...(description === undefined ? {} : { description }),
    parameters: parametersOf(operation),
    ...(body === undefined ? {} : { requestBody: requestBodyOf(body) }),
    responses: responsesOf(operation),
    security: securityOf[token],
    ...(aliasOf === undefined ? {} : { 'x-alias-of': aliasOf }),
    ...(anyQuery === undefined ? {} : { 'x-any-query': anyQuery }),
  };
}

function requestBodyOf({ optional, ...body }: NonNullable<Operation['body']>) {
  return { required: optional !== true, content: { 'application/json': body } };
}

/** Those of the path, unless the table says more about one, and its own. */
function parametersOf({ path, parameters = [] }: Operation): Parameter[] {
  const own = new Set(parameters.map(({ name }) => name));
  return [...pathParameters(path).filter(({ name }) => !own.has(name)), ...parameters];
}

function responsesOf(operation: Operation): OperationObject['responses'] {
  const { answers, refusals = {} } = operation;
  const common = commonRefusals(operation).flatMap((status) => {
    const name = COMMON[status]?.name;
    return name === undefined ? [] : [[status, { $ref: `#/components/responses/${name}` }]];
  });
  const own = Object.entries(refusals).map(([status, why]) => [status, problem(why)]);
  // Members whose names are integers are kept in their order.
  return { ...Object.fromEntries(common), ...Object.fromEntries(own), ...answers };
}
