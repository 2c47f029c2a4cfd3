import type { OpenApiDocument, OperationObject } from '../../internal/httpapi/openapi/document.ts';
import { openApiDocument } from '../../internal/httpapi/openapi/index.ts';
import type { Rng } from '../sim/rng.ts';
import { fromSchema } from './from-schema.ts';
import { mutated, spoiled } from './mutate.ts';
import { ODD, PARAMETERS } from './words.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface FuzzRequest {
  /** Method and path as the OpenAPI document has them; undefined where it has no such call. */
  operation?: string;
  method: Method;
  path: string;
  headers: Record<string, string>;
  body?: Buffer;
  /** Nothing but its body can be wrong, which is JSON. */
  onlyBody: boolean;
}

/** What there is to ask about. */
export interface Known {
  /** Of jobs. */
  uids: readonly string[];
  /** Jobs and cron jobs, as `namespace/name`. */
  jobs: readonly string[];
  cronJobs: readonly string[];
  /** Paths and queries of attempts that may report. */
  reports: readonly string[];
}

interface Call {
  name: string;
  method: Method;
  path: string;
  operation: OperationObject;
}

const DOCUMENT = openApiDocument('1.2.3');

/** Every call that the API has. */
export const CALLS: readonly Call[] = callsOf(DOCUMENT);
const WITH_BODY = CALLS.filter(({ operation }) => operation.requestBody !== undefined);

function callsOf({ paths }: OpenApiDocument): Call[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([name, operation]) => {
      const method = name.toUpperCase() as Method;
      return { name: `${method} ${path}`, method, path, operation };
    }),
  );
}

const TYPES = ['text/plain', 'application/json; charset=latin1', 'application/xml', ''];
const NOWHERE = ['/%00', '/v1', '/v1/jobs/', '/v2/jobs', '//v1/jobs', '/v1/namespaces/a'];
const ODD_PARTS = [
  ...['%00', '%2e%2e', '%ff', '..', 'A', '%E0%A4%A', 'a'.repeat(300), '%22', '__proto__'],
];

/** A request of any kind. */
export function fuzzRequest(rng: Rng, known: Known): FuzzRequest {
  if (rng.chance(0.01)) {
    const method = rng.pick<Method>(['GET', 'POST', 'PUT', 'DELETE']);
    return { method, path: rng.pick(NOWHERE), headers: {}, onlyBody: false };
  }
  const call = rng.pick(rng.chance(0.6) ? WITH_BODY : CALLS);
  const { name, method, operation } = call;
  const path = pathOf(rng, call, known);
  const query = queryOf(rng, operation);
  const headers = headersOf(rng, operation);
  const isPlain = !path.isOdd && query === '' && Object.keys(headers).length === 0;
  const url = path.text + (query === '' ? '' : `${path.text.includes('?') ? '&' : '?'}${query}`);
  const body = bodyOf(rng, operation);
  if (body === undefined) return { operation: name, method, path: url, headers, onlyBody: false };
  const isJson = rng.chance(0.97);
  const type = isJson ? 'application/json' : rng.pick(TYPES);
  return {
    ...{ operation: name, method, path: url, body: body.bytes },
    headers: {
      ...headers,
      ...(type === '' ? {} : { 'content-type': type }),
      'content-length': String(body.bytes.length),
    },
    onlyBody: isPlain && isJson && body.isJson,
  };
}

/** What the call takes: whole, changed in its parts, or spoiled in its bytes; seldom one where it takes none. */
function bodyOf(rng: Rng, { requestBody }: OperationObject) {
  const schema = requestBody?.content['application/json']?.schema;
  if (schema === undefined) {
    return rng.chance(0.1) ? { bytes: jsonOf(rng.pick(ODD)), isJson: false } : undefined;
  }
  if (requestBody?.required === false && rng.chance(0.2)) return undefined;
  const value = fromSchema(rng, schema, { components: DOCUMENT.components.schemas });
  if (rng.chance(0.5)) return { bytes: jsonOf(value), isJson: true };
  if (rng.chance(0.6)) return { bytes: jsonOf(mutated(rng, value, rng.int(1, 4))), isJson: true };
  return { bytes: spoiled(rng, jsonOf(value).toString()), isJson: false };
}

function jsonOf(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value) ?? 'null');
}

function headersOf(rng: Rng, { parameters }: OperationObject): Record<string, string> {
  const own = parameters
    .filter((it) => it.in === 'header' && rng.chance(0.1))
    .map(({ name, schema }) => [name.toLowerCase(), textOf(rng, name, schema)]);
  return {
    ...Object.fromEntries(own),
    ...(rng.chance(0.01) ? { 'content-encoding': 'gzip' } : {}),
  };
}

/** Some of what it takes; seldom one twice, or one that it does not take. */
function queryOf(rng: Rng, { parameters }: OperationObject): string {
  const pairs = parameters
    .filter((it) => it.in === 'query' && rng.chance(0.15))
    .map(({ name, schema }) => `${name}=${encodeURIComponent(textOf(rng, name, schema))}`);
  if (rng.chance(0.02))
    pairs.push(rng.pick(['token=a', 'dryRun=All', 'nope=1', '%00', '=', 'a[]=b']));
  const [first] = pairs;
  if (first !== undefined && rng.chance(0.03)) pairs.push(first);
  return pairs.join('&');
}

function textOf(rng: Rng, name: string, schema: Parameters<typeof fromSchema>[1]): string {
  const words = PARAMETERS[name];
  return String(
    words !== undefined && rng.chance(0.8) ? rng.pick(words) : fromSchema(rng, schema, { name }),
  );
}

function pathOf(rng: Rng, { path, method }: Call, known: Known) {
  const { uids, reports } = known;
  if (path === '/result/{id}' && reports.length > 0 && rng.chance(0.8)) {
    return { text: rng.pick(reports), isOdd: false };
  }
  // An apply names its object in the body too, and most changes of what is there are refused.
  const named: Record<string, string> =
    method === 'PUT' ? { name: 'a' } : objectOf(rng, path, known);
  let isOdd = false;
  const text = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (rng.chance(0.03)) {
      isOdd = true;
      return rng.pick(ODD_PARTS);
    }
    if (name === 'id' && uids.length > 0) return rng.pick(uids);
    return named[name] ?? rng.pick(PARAMETERS[name] ?? ['x']);
  });
  return { text, isOdd };
}

/** Namespace and name of an object that there is, for a path that has both; mostly. */
function objectOf(rng: Rng, path: string, { jobs, cronJobs }: Known): Record<string, string> {
  const there = path.includes('/cronjobs/') ? cronJobs : jobs;
  if (there.length === 0 || !path.includes('{name}') || rng.chance(0.2)) return {};
  const [namespace = '', name = ''] = rng.pick(there).split('/');
  return { namespace, name };
}
