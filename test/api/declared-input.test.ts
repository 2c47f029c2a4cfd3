import type { Response } from 'supertest';
import { ulid } from 'ulid';
import { beforeAll, describe, expect, test } from 'vitest';
import { openApiDocument } from '../../internal/httpapi/openapi/index.ts';
import { CRON_JOB, JOB } from '../../internal/httpapi/openapi/operations/examples.ts';
import { manifest, useApi } from './harness.ts';

/** Every route of the API: a unit test holds the document against the route table. */
const calls = Object.entries(openApiDocument('1.2.3').paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    ...{ method: method as 'get' | 'post' | 'put' | 'delete', path },
    query: operation.parameters.filter((it) => it.in === 'query').map(({ name }) => name),
    body: operation.requestBody?.content['application/json']?.example as object | undefined,
    any: operation['x-any-query'] === true,
    report: operation.security.some((it) => 'reportToken' in it),
  })),
);
const strict = calls.filter(({ any }) => !any);
const bodiless = calls.filter(({ body, any }) => body === undefined && !any);
const withBody = calls.filter(({ body, report }) => body !== undefined && !report);

const api = useApi();
let uid: string;

beforeAll(async () => {
  const { stores } = api();
  const url = 'http://127.0.0.1:1/x';
  const job = manifest('report', { ...JOB.spec, callback: { url } });
  const made = await api().api.post('/v1/namespaces/default/jobs').send(job).expect(201);
  uid = made.body.metadata.uid;
  await api().api.post('/v1/namespaces/default/cronjobs').send(CRON_JOB).expect(201);
  const node = { id: 'n1', hostname: 'one', state: 'ready', availability: 'active', active: 0 };
  const report = { nodes: [node], maxConcurrentTasks: 12, updatedAt: 1 };
  await stores.controller.publishCluster(api().fence, report);
});

/** The path with objects that there are, so that nothing but what is tried can be refused. */
function filled(path: string): string {
  const name = path.includes('/cronjobs/') ? CRON_JOB.metadata.name : 'report';
  const id = path.includes('/foreign/') ? ulid() : uid;
  const named = path.replace('{namespace}', 'default').replace('{name}', name);
  return named.replace('{id}', id).replace('{node}', 'n1');
}

function send({ method, path, body }: (typeof calls)[number], query: string): Promise<Response> {
  const request = api().api[method](filled(path) + query);
  return Promise.resolve(body === undefined ? request : request.send(body));
}

/** All that users can see, and what they want of it. */
async function stored(): Promise<unknown> {
  const { stores, redis } = api();
  const [version, keys] = [await stores.catalog.version(), (await redis.keys('*')).sort()];
  const wishes = await stores.operator.nodeWishes();
  return { version, wishes, keys, events: await stores.jobs.readEvents(uid, '', 100) };
}

/** What a refusal says: its detail, and each path with what is wrong there. */
function words({ body }: Response): string {
  const errors: { path: string; message: string }[] = body.errors ?? [];
  return [body.detail, ...errors.map(({ path, message }) => `${path}: ${message}`)].join('\n');
}

describe('a query parameter that a route does not have', () => {
  test.each(strict)('is refused by its name, and nothing is done: $method $path', async (call) => {
    const before = await stored();
    const answer = await send(call, '?nonsense=1');
    expect([answer.status, words(answer)]).toEqual([400, expect.stringContaining('"nonsense"')]);
    expect(await stored()).toEqual(before);
  });

  const parameters = strict.flatMap((call) => call.query.map((name) => ({ ...call, name })));

  test.each(parameters)('is told the nearest one: $name of $method $path', async (call) => {
    const answer = await send(call, `?${call.name}x=1`);
    expect([answer.status, words(answer)]).toEqual([
      400,
      expect.stringContaining(`did you mean "${call.name}"?`),
    ]);
  });

  test.each(parameters)('nor may one come twice: $name of $method $path', async (call) => {
    const answer = await send(call, `?${call.name}=1&${call.name}=1`);
    const twice = expect.stringContaining(`"${call.name}" is given 2 times`);
    expect([answer.status, words(answer)]).toEqual([400, twice]);
  });

  test.each([
    ['/v1/jobs?resourceVersion=1', 'resourceVersion'],
    ['/v1/cronjobs?resourceVersion=1&watch=false', 'resourceVersion'],
    ['/v1/jobs?watch=true&limit=5', 'limit'],
    ['/v1/cronjobs?watch=true&continue=', 'continue'],
    ['/v1/namespaces/default/jobs/report/events?watch=true&limit=5', 'limit'],
  ])('counts as such where it would have no effect: %s', async (path, name) => {
    // A watch never ends by itself.
    const answer = await api().api.get(path).timeout(10_000);
    const text = expect.stringContaining(`"${name}"`);
    expect([answer.status, answer.body.detail]).toEqual([400, text]);
  });

  test('is passed over where a report or a probe must not be lost for it', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics', '/docs', '/openapi.json']) {
      await api().api.get(`${path}?nonsense=1`).expect(200);
    }
    const lenient = calls.filter(({ any }) => any).map(({ path }) => path);
    expect(lenient.sort()).toEqual(
      ['/docs', '/healthz', '/metrics', '/openapi.json', '/readyz', '/result/{id}'].sort(),
    );
  });
});

describe('a body where none is taken', () => {
  test.each(bodiless)('is refused by its members: $method $path', async ({ method, path }) => {
    const before = await stored();
    const answer = await api()
      .api[method](filled(path))
      .send({ env: { A: 'b' }, args: [] });
    expect(answer.status).toBe(400);
    expect(words(answer)).toContain('env: unknown field "env"');
    expect(words(answer)).toContain('args: unknown field "args"');
    expect(await stored()).toEqual(before);
  });

  const nonsense = [
    ...[
      ['text/plain', 'nonsense'],
      ['application/json', '[]'],
      ['application/json', 'null'],
    ],
    ...[
      ['application/json', '{"a'],
      ['application/x-www-form-urlencoded', 'tasks=0'],
    ],
    ['application/json', ' '.repeat(100_000)],
  ] as const;

  test.each(nonsense)('is refused whatever it is: %s %.20s', async (type, text) => {
    const before = await stored();
    for (const { method, path } of bodiless) {
      const answer = await api().api[method](filled(path)).type(type).send(text);
      expect([method, path, answer.status]).toEqual([method, path, 400]);
      expect(answer.body.detail).toContain('takes no body');
    }
    expect(await stored()).toEqual(before);
  });
});

describe('a member that a body does not have', () => {
  test.each(withBody)('is refused by its name: $method $path', async (call) => {
    const before = await stored();
    const answer = await send({ ...call, body: { ...call.body, nonsense: 1 } }, '');
    expect([answer.status, words(answer)]).toEqual([
      400,
      expect.stringContaining('nonsense: unknown field "nonsense"'),
    ]);
    expect(await stored()).toEqual(before);
  });

  test.each([
    ['metadata', { labels: { app: 'x' }, annotations: { note: 'y' } }],
    ['a name', { name: 'named-here' }],
    ['the beginning of a name', { generateName: 'run-' }],
  ])('is none of those that POST /v1/jobs takes: %s', async (_what, metadata) => {
    const answer = await api()
      .api.post('/v1/jobs')
      .send({ ...JOB, metadata })
      .expect(201);
    const { body } = await api().api.get(`/v1/jobs/${answer.body.id}`).expect(200);
    const { name, generateName, ...rest } = metadata as { name?: string; generateName?: string };
    expect(body.metadata).toMatchObject(rest);
    if (name !== undefined) expect(body.metadata.name).toBe(name);
    if (generateName !== undefined) expect(body.metadata.name).toMatch(/^run-[0-9a-z]{6}$/);
  });
});

describe('no body, and an empty object in its place', () => {
  test.each(['', '{}', ' { } \n'])('are the same: %j', async (text) => {
    for (const verb of ['suspend', 'resume']) {
      for (const path of [`/v1/jobs/${uid}`, '/v1/namespaces/default/cronjobs/nightly']) {
        await api().api.post(`${path}/${verb}`).type('json').send(text).expect(200);
      }
    }
    await api().api.post('/v1/namespaces/default/cronjobs/nightly/trigger').send(text).expect(201);
  });
});
