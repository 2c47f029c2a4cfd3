import { manifestSchemas, originalSchemas } from '../../internal/apis/validation/index.ts';
import type { Rng } from '../sim/rng.ts';
import { fromSchema } from './from-schema.ts';
import { mutated, spoiled } from './mutate.ts';

export interface FuzzRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  headers: Record<string, string>;
  body?: Buffer;
}

const SCHEMAS = { ...manifestSchemas(), ...originalSchemas() };
type Kind = keyof typeof SCHEMAS;

/** Calls that take a body, each with what it should be. `:id` is a job's uid. */
const WRITES: readonly [FuzzRequest['method'], string, Kind][] = [
  ['POST', '/submit', 'Submission'],
  ['POST', '/submit/:id/tasks', 'TasksAddition'],
  ['POST', '/v1/jobs', 'Job'],
  ['POST', '/v1/namespaces/:ns/jobs', 'Job'],
  ['PUT', '/v1/namespaces/:ns/jobs/:name', 'Job'],
  ['POST', '/v1/namespaces/:ns/cronjobs', 'CronJob'],
  ['PUT', '/v1/namespaces/:ns/cronjobs/:name', 'CronJob'],
  ['POST', '/result/:id', 'Report'],
];
const VERBS = ['cancel', 'suspend', 'resume', 'retry', 'redeliver', 'trigger', 'release'];
const READS: readonly string[] = [
  ...['', '/tasks', '/events', '/callback', '/logs?task=nope'].map((part) => `/v1/jobs/:id${part}`),
  ...['/status/:id', '/v1/jobs', '/v1/cronjobs', '/v1/callbacks', '/v1/cluster', '/v1/quarantine'],
  ...['/v1/namespaces/:ns/jobs/:name', '/v1/namespaces/:ns/cronjobs/:name', '/v1/foreign', '/:odd'],
  ...['/v1/namespaces/:ns/jobs', '/v1/namespaces/:ns/cronjobs/:name/events', '/v1/jobs/:odd'],
];
const QUERIES = [
  'dryRun=All',
  'replace=true',
  'dryRun=x',
  'token=a',
  'limit=0',
  'limit=5',
  'tasks=true',
];
const SELECTORS = [
  'labelSelector=app%3Da',
  'labelSelector=%2C%2C',
  'fieldSelector=x',
  'continue=%00',
];
const TYPES = ['text/plain', 'application/json; charset=latin1', 'application/xml', ''];
const ODD_PARTS = [
  '%00',
  '%2e%2e',
  '%ff',
  '..',
  'A',
  '%E0%A4%A',
  'a'.repeat(300),
  '%22',
  '__proto__',
];

/** A request of any kind. @param uids of jobs that there are. */
export function fuzzRequest(rng: Rng, uids: readonly string[]): FuzzRequest {
  if (rng.chance(0.15))
    return { method: 'GET', path: pathOf(rng, rng.pick(READS), uids), headers: {} };
  if (rng.chance(0.1)) return verb(rng, uids);
  const [method, path, kind] = rng.pick(WRITES);
  const body = bodyOf(rng, kind);
  return { method, path: pathOf(rng, path, uids), headers: headersOf(rng, body), body };
}

function verb(rng: Rng, uids: readonly string[]): FuzzRequest {
  const [of] = [
    rng.pick([
      '/v1/jobs/:id',
      '/v1/namespaces/:ns/jobs/:name',
      '/v1/namespaces/:ns/cronjobs/:name',
    ]),
  ];
  const method = rng.chance(0.3) ? 'DELETE' : 'POST';
  const path = method === 'DELETE' ? of : `${of}/${rng.pick(VERBS)}`;
  return { method, path: pathOf(rng, path, uids), headers: {} };
}

/** Whole, changed in its parts, or spoiled in its bytes. */
function bodyOf(rng: Rng, kind: Kind): Buffer {
  const schema = SCHEMAS[kind];
  const value = fromSchema(rng, schema);
  if (rng.chance(0.5)) return jsonOf(value);
  if (rng.chance(0.6)) return jsonOf(mutated(rng, value, rng.int(1, 4)));
  return spoiled(rng, jsonOf(value).toString());
}

function jsonOf(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value) ?? 'null');
}

function headersOf(rng: Rng, body: Buffer): Record<string, string> {
  const type = rng.chance(0.97) ? 'application/json' : rng.pick(TYPES);
  return {
    ...(type === '' ? {} : { 'content-type': type }),
    'content-length': String(body.length),
    ...(rng.chance(0.05) ? { 'idempotency-key': rng.pick(['k1', 'k2', 'x'.repeat(300)]) } : {}),
    ...(rng.chance(0.02) ? { 'if-match': rng.pick(['"1"', 'x', '*']) } : {}),
    ...(rng.chance(0.01) ? { 'content-encoding': 'gzip' } : {}),
    ...(rng.chance(0.02) ? { traceparent: rng.pick(['00-x', `00-${'a'.repeat(32)}-b-01`]) } : {}),
  };
}

function pathOf(rng: Rng, path: string, uids: readonly string[]): string {
  const filled = path.replace(/:(id|ns|name|odd)/g, (_, what: string) => {
    if (what === 'odd' || rng.chance(0.03)) return rng.pick(ODD_PARTS);
    if (what === 'id' && uids.length > 0) return rng.pick(uids);
    return what === 'ns'
      ? rng.pick(['default', 'default', 'team-a'])
      : rng.pick(['a', 'job-1', 'report']);
  });
  const query = rng.chance(0.15) ? rng.pick([...QUERIES, ...SELECTORS]) : '';
  if (query === '') return filled;
  return `${filled}${filled.includes('?') ? '&' : '?'}${query}`;
}
