import type { Response } from 'supertest';
import { ulid } from 'ulid';
import { beforeAll, describe, expect, test } from 'vitest';
import { openApiDocument } from '../../internal/httpapi/openapi/index.ts';
import { CRON_JOB, JOB } from '../../internal/httpapi/openapi/operations/examples.ts';
import { spokenAccess } from '../../internal/httpapi/testing/fake-access.ts';
import { manifest, useApi } from '../api/harness.ts';

/**
 * Every operation of the OpenAPI document, asked by every role of the own, of another and of all namespaces, and
 * by nobody, about what is one's own and what is another's. What each of them needs stands here by hand: an
 * operation that is not in the table fails, so that nobody adds one without saying who may.
 */

type Role = 'view' | 'submit' | 'edit' | 'admin';
/**
 * What it is about: an object by its uid, or by a namespace in the path; the caller's own namespaces; the whole
 * installation; nothing that is to be kept from anybody.
 */
type Concern = 'uid' | 'namespace' | 'own' | 'cluster' | 'open';

const JOB_OF = '/v1/namespaces/{namespace}/jobs/{name}';
const CRON_OF = '/v1/namespaces/{namespace}/cronjobs/{name}';

/** On one job, under its uid and under its name. */
const onJob: Record<string, Role> = {
  ...{ 'get ': 'view', 'get /tasks': 'view', 'get /tasks/{task}': 'view', 'get /callback': 'view' },
  ...{ 'get /events': 'view', 'get /logs': 'view', 'delete ': 'edit', 'post /retry': 'edit' },
  ...{ 'post /cancel': 'submit', 'post /suspend': 'edit', 'post /resume': 'edit' },
  'post /redeliver': 'edit',
};
const under = (prefix: string, concern: Concern, verbs: Record<string, Role>) =>
  Object.entries(verbs).map(([call, role]): [string, [Concern, Role]] => {
    const [method, path = ''] = call.split(' ');
    return [`${method} ${prefix}${path}`, [concern, role]];
  });

const EXPECTED = new Map<string, [Concern, Role?]>([
  ...under('/v1/jobs/{id}', 'uid', onJob),
  ...under(JOB_OF, 'namespace', { ...onJob, 'put ': 'edit' }),
  ...under(CRON_OF, 'namespace', {
    ...{ 'get ': 'view', 'put ': 'edit', 'delete ': 'edit', 'get /events': 'view' },
    ...{ 'post /suspend': 'edit', 'post /resume': 'edit', 'post /trigger': 'submit' },
  }),
  ...under('/v1/namespaces/{namespace}', 'namespace', {
    ...{ 'get /jobs': 'view', 'post /jobs': 'submit' },
    ...{ 'get /cronjobs': 'view', 'post /cronjobs': 'edit' },
  }),
  ...under('/v1', 'own', {
    ...{ 'get /jobs': 'view', 'post /jobs': 'submit', 'get /cronjobs': 'view' },
    ...{ 'get /callbacks': 'view', 'get /whoami': 'view', 'get /cluster': 'view' },
  }),
  ...under('', 'uid', { 'get /status/{id}': 'view', 'post /submit/{id}/tasks': 'submit' }),
  ...under('', 'own', { 'post /submit': 'submit' }),
  ...under('/v1', 'cluster', {
    ...{ 'get /configuration': 'admin', 'get /quarantine': 'admin', 'get /foreign': 'admin' },
    ...{ 'post /foreign/{id}/purge': 'admin', 'post /foreign/{id}/adopt': 'admin' },
    ...{ 'get /nodes/{node}': 'view', 'post /nodes/{node}/drain': 'admin' },
    ...{ 'post /nodes/{node}/undrain': 'admin' },
  }),
  ...under('/v1', 'uid', { 'post /jobs/{id}/release': 'admin' }),
  ...under('', 'cluster', { 'get /metrics': 'view' }),
  ...[
    ...['/v1/version', '/openapi.json', '/docs', '/healthz', '/readyz'],
    '/result/{id}', // A task, by the token in its path.
  ].map((path): [string, [Concern]] => [
    `${path.startsWith('/result') ? 'post' : 'get'} ${path}`,
    ['open'],
  ]),
]);

const ROLES: Role[] = ['view', 'submit', 'edit', 'admin'];
const CALLERS = ['', 'nonsense', ...ROLES.slice(0, 3).map((it) => `${it}:a`)].concat(
  ROLES.map((it) => `${it}:*`),
);
/** Stands in everything that belongs to the other namespace. */
const SECRET = 'nobody-else-is-to-read-this';

const calls = Object.entries(openApiDocument('1.2.3').paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    ...{ method: method as 'get' | 'post' | 'put' | 'delete', path },
    body: operation.requestBody?.content['application/json']?.example as object | undefined,
  })),
);

const api = useApi({ access: spokenAccess });
const uids: Record<string, string> = {};

/** A job and a cron job of a namespace, with a text that nobody else is to read. */
async function make(namespace: string, secret: string): Promise<void> {
  const spec = { ...JOB.spec, env: { SECRET: secret }, tasks: [{ name: `t-${secret}` }] };
  const metadata = { annotations: { note: secret } };
  const post = (what: string, body: object) =>
    api()
      .api.post(`/v1/namespaces/${namespace}/${what}`)
      .set({ Authorization: 'Bearer admin:*' })
      .send(body)
      .expect(201);
  const { body } = await post('jobs', manifest('one', spec, metadata));
  uids[namespace] = body.metadata.uid;
  await post('cronjobs', { ...CRON_JOB, metadata: { ...metadata, name: 'nightly' } });
}

beforeAll(async () => {
  await make('a', 'x');
  await make('b', SECRET);
  const node = { id: 'n1', hostname: SECRET, state: 'ready', availability: 'active', active: 0 };
  const { stores, fence } = api();
  await stores.controller.publishCluster(fence, {
    ...{ nodes: [node], maxConcurrentTasks: 12, updatedAt: 1 },
  });
});

/** All that is stored, but for what reads leave behind. */
async function stored(): Promise<unknown> {
  const { redis } = api();
  const dumps: [string, string][] = [];
  for (const key of (await redis.keys('*')).sort()) {
    dumps.push([key, (await redis.dumpBuffer(key))?.toString('base64') ?? '']);
  }
  return dumps;
}

function send(call: (typeof calls)[number], namespace: string, token: string): Promise<Response> {
  const id = call.path.includes('/foreign/') ? ulid() : (uids[namespace] ?? '');
  const path = call.path
    .replace('{namespace}', namespace)
    .replace('{name}', call.path.includes('/cronjobs/') ? 'nightly' : 'one')
    .replace('{id}', id)
    .replace('{node}', 'n1')
    .replace('{task}', '0');
  const request = api().api[call.method](path);
  if (token !== '') request.set({ Authorization: `Bearer ${token}` });
  return Promise.resolve(call.body === undefined ? request : request.send(call.body));
}

/** What the caller is to be told: a refusal, or undefined where the call is theirs to make. */
function refusal([concern, role]: [Concern, Role?], namespace: string, token: string) {
  if (role === undefined) return undefined;
  const [has, of] = token.split(':') as [Role, string | undefined];
  if (of === undefined) return 401;
  const isAbout = concern === 'uid' || concern === 'namespace';
  // Whether it is there at all is not told, whatever the role.
  if (isAbout && of !== '*' && of !== namespace) return 404;
  if (ROLES.indexOf(has) < ROLES.indexOf(role)) return 403;
  return concern === 'cluster' && of !== '*' ? 403 : undefined;
}

test('the document has no operation without an expectation, and none is expected that it has not', () => {
  const names = calls.map(({ method, path }) => `${method} ${path}`);
  expect(names.sort()).toEqual([...EXPECTED.keys()].sort());
});

const cases = calls.flatMap((call) => {
  const expectation: [Concern, Role?] = EXPECTED.get(`${call.method} ${call.path}`) ?? ['open'];
  return { ...call, expectation };
});
const callers = ['a', 'b'].flatMap((namespace) => CALLERS.map((token) => ({ namespace, token })));
const guarded = cases.filter(({ expectation }) => expectation[1] !== undefined);

describe('an operation is refused to whoever may not, and nothing is done', () => {
  test.each(guarded)('$method $path', async (call) => {
    const before = await stored();
    let tried = 0;
    for (const { namespace, token } of callers) {
      const told = refusal(call.expectation, namespace, token);
      if (told === undefined) continue;
      const { status, text } = await send(call, namespace, token);
      expect({ namespace, token, status }).toEqual({ namespace, token, status: told });
      expect(text).not.toContain(SECRET);
      tried += 1;
    }
    expect(tried).toBeGreaterThanOrEqual(4);
    expect(await stored()).toEqual(before);
  });
});

describe('what is read is answered to who may', () => {
  test.each(cases.filter(({ method }) => method === 'get'))('$path', async (call) => {
    for (const { namespace, token } of callers) {
      if (refusal(call.expectation, namespace, token) !== undefined) continue;
      const { status, text } = await send(call, namespace, token);
      expect({ token, refused: [401, 403].includes(status) }).toEqual({ token, refused: false });
      // A list over the caller's own namespaces; nodes are everybody's.
      const isOwn = call.expectation[0] === 'own' && call.path !== '/v1/cluster';
      if (isOwn && token.endsWith(':a')) expect(text).not.toContain(SECRET);
    }
  });
});

describe('what is written is not refused to who may', () => {
  const writes = guarded.filter(({ method }) => method !== 'get');
  test.each(writes.map((call, i) => ({ ...call, namespace: `w${i}` })))(
    '$method $path',
    async ({ namespace, ...call }) => {
      await make(namespace, 'x');
      const [concern, role] = call.expectation;
      const { status } = await send(
        call,
        namespace,
        `${role}:${concern === 'cluster' ? '*' : namespace}`,
      );
      // What is held back, adopted or sent again is not there.
      const isThere = !/foreign|release|redeliver/.test(call.path);
      expect([401, 403, ...(isThere ? [404] : [])]).not.toContain(status);
    },
  );
});
