import type { Response, Test } from 'supertest';
import { ulid } from 'ulid';
import { describe, expect, it } from 'vitest';
import { reportPath } from '../../apis/index.ts';
import { spokenAccess } from '../testing/fake-access.ts';
import { type Harness, harness, startTask, storeJob } from '../testing/harness.ts';
import * as examples from './operations/examples.ts';
import { Documented } from './testing/documented.ts';

const documented = new Documented();

/** Sends a request, and holds the answer against the document. */
async function checked(sending: Test): Promise<Response> {
  const answer = await sending;
  const { method, path } = sending as Test & { method: string; path?: string };
  const given = {
    method: method.toLowerCase(),
    path: path ?? new URL(sending.url).pathname,
    status: answer.status,
    type: answer.headers['content-type'],
    body: answer.type.includes('json') ? answer.body : answer.text,
  };
  expect(documented.problemsOf(given)).toEqual([]);
  return answer;
}

const OUTPUT = {
  stdout: { bytes: 3, truncated: false },
  stderr: { bytes: 0, truncated: false },
  log: { state: 'complete' },
} as const;

/** A job of two tasks, the first of which has failed. */
async function halfDone({ store }: Harness): Promise<string> {
  const uid = await storeJob(store, ['one', 'two']);
  const verdict = { outcome: 'Failed', exitStatus: 3, reason: 'NonZeroExit', source: 'service' };
  const times = { message: 'it said so', startedAt: 1, finishedAt: 2, nodeId: 'n1' };
  const result = { verdict: { ...verdict, ...times }, output: OUTPUT, attempts: 1, losses: 0 };
  store.start(uid, 0, 1);
  store.settle(uid, 0, result as Parameters<typeof store.settle>[2], Buffer.from('out'));
  return uid;
}

describe('an answer is as the document says', () => {
  it('to the calls of the original', async () => {
    const { api, store } = harness();
    const { body } = await checked(api.post('/submit').send(examples.SUBMISSION));
    await checked(api.post(`/submit/${body.id}/tasks`).send(examples.MORE_TASKS));
    await checked(api.get(`/status/${body.id}`));
    await checked(api.post(startTask(store, body.id)).send(examples.REPORT));
  });

  it('to the status of a job that is half done, and of one that has ended', async () => {
    const made = harness();
    const uid = await halfDone(made);
    await checked(made.api.get(`/status/${uid}`));
    made.store.finish(uid);
    const { body } = await checked(made.api.get(`/status/${uid}`));
    expect(body.tasks).toHaveLength(2);
  });

  it('to calls on one job', async () => {
    const made = harness();
    const { api, store } = made;
    const { body } = await checked(api.post('/v1/jobs').send(examples.JOB));
    for (const verb of ['suspend', 'resume', 'cancel']) {
      await checked(api.post(`/v1/jobs/${body.id}/${verb}`));
    }
    const job = await checked(api.get(`/v1/jobs/${body.id}`));
    expect(job.body.status.cancelRequested).toBe(true);
    store.finish(body.id);
    await checked(api.post(`/v1/jobs/${body.id}/retry`));
    await checked(api.delete(`/v1/jobs/${body.id}`));
  });

  it('to what became of a job', async () => {
    const made = harness();
    const { api, store } = made;
    const uid = await halfDone(made);
    const entry = { id: '1-0', at: 1, type: 'Failed', index: 0, attempt: 1, status: 3 } as const;
    store.events.push({ ...entry, reason: 'NonZeroExit', message: 'x', node: 'n1' });
    await checked(api.get(`/v1/jobs/${uid}/events`));
    await checked(api.get(`/v1/jobs/${uid}/logs?task=one`));
    await checked(api.get(`/v1/jobs/${uid}/logs?task=two`));
    await checked(api.get(`/v1/jobs/${uid}/tasks`));
    const tried = {
      kind: 'retry',
      at: 1,
      tookMs: 2,
      status: 500,
      error: 'x',
      reply: 'no',
    } as const;
    store.callback = { url: 'http://a', state: 'pending', attempts: 1, log: [tried] };
    store.finish(uid);
    await checked(api.get(`/v1/jobs/${uid}/callback`));
    await checked(api.post(`/v1/jobs/${uid}/redeliver`));
  });

  it('to the calls of operators', async () => {
    const { api, operator } = harness();
    const [uid, store] = [ulid(), ulid()];
    operator.aside.set(uid, 'cannot be read');
    operator.foreign.set(store, { services: 2 });
    await checked(api.get('/metrics'));
    await checked(api.get('/v1/configuration'));
    await checked(api.get('/v1/quarantine'));
    await checked(api.post(`/v1/jobs/${uid}/release`));
    await checked(api.get('/v1/cluster'));
    const node = { id: 'n1', hostname: 'one', state: 'ready', availability: 'active', active: 1 };
    operator.report = { nodes: [node], maxConcurrentTasks: 12, updatedAt: 1 };
    for (const verb of ['drain', 'undrain']) await checked(api.post(`/v1/nodes/one/${verb}`));
    await checked(api.get('/v1/nodes/n1'));
    await checked(api.get('/v1/cluster'));
    await checked(api.post(`/v1/foreign/${store}/purge`));
    await checked(api.post(`/v1/foreign/${store}/adopt`));
    await checked(api.get('/v1/foreign'));
  });

  it('to calls on the server', async () => {
    const check = () => Promise.reject(new Error('it is away'));
    for (const { api } of [harness(), harness({ checks: [{ name: 'redis', check }] })]) {
      for (const path of [
        '/healthz',
        '/readyz',
        '/v1/version',
        '/openapi.json',
        '/docs',
        '/v1/whoami',
      ]) {
        await checked(api.get(path));
      }
    }
  });

  it('to a list', async () => {
    for (const path of ['/v1/jobs', '/v1/namespaces/a/jobs', '/v1/callbacks']) {
      await checked(harness().api.get(path));
    }
  });
});

describe('a refusal is as the document says', () => {
  const tokens = ['secret'];

  it.each(operations())('of who has no token: $method $path', async ({ method, path, open }) => {
    const { api } = harness({ tokens });
    const send = api[method](filled(path));
    if (open) expect((await send).status).not.toBe(401);
    else expect((await checked(send)).status).toBe(401);
  });

  const missing = operations().filter(({ refusals }) => refusals.includes('404'));

  it.each(missing)('of what is not there: $method $path', async ({ method, path, example }) => {
    const { api, store } = harness({ access: spokenAccess });
    const at = path.startsWith('/result/')
      ? reportPath(store.key, { jobUid: ulid(), index: 0, attempt: 1 })
      : filled(path);
    // Where nothing has to be there already it is the namespace that is not.
    const token =
      /\{(name|id|node)\}/.test(path) && method !== 'put' ? 'admin:*' : 'edit:elsewhere';
    const send = api[method](at).set('Authorization', `Bearer ${token}`);
    const { status } = await checked(example === undefined ? send : send.send(example));
    expect(status).toBe(404);
  });

  it('of a body with problems, and of one that is no JSON', async () => {
    const { api } = harness();
    const { body } = await checked(api.post('/submit').send({ image: 'x' }));
    expect(body.errors.length).toBeGreaterThan(0);
    await checked(api.put('/v1/namespaces/a/jobs/b').type('text/plain').send('x'));
  });

  it('of what is not there, and of what cannot be', async () => {
    const { api, store } = harness();
    const uid = await storeJob(store, ['one']);
    await checked(api.get(`/v1/jobs/${ulid()}`));
    await checked(api.get(`/v1/jobs/${uid}/callback`));
    await checked(api.post(`/v1/jobs/${uid}/retry`));
    await checked(api.get('/v1/namespaces/a/jobs/b'));
    await checked(api.get('/v1/namespaces/No_Name/jobs'));
  });

  it('of a store that is away', async () => {
    const made = harness();
    made.store.failure = new TypeError('x of undefined');
    expect((await checked(made.api.post('/submit').send(examples.SUBMISSION))).status).toBe(500);
  });
});

describe('the check of answers', () => {
  const given = { method: 'get', path: '/healthz', status: 200, type: 'application/json' };

  it.each([
    [{ ...given, body: { status: 'bad' } }],
    [{ ...given, body: { status: 'ok', more: 1 } }],
    [{ ...given, body: {} }],
    [{ ...given, status: 202, body: { status: 'ok' } }],
    [{ ...given, type: 'text/html', body: { status: 'ok' } }],
    [{ ...given, path: '/nowhere', body: { status: 'ok' } }],
  ])('sees what is not documented: %j', (wrong) => {
    expect(documented.problemsOf(wrong)).toHaveLength(1);
  });
});

function operations() {
  return Object.entries(documented.document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security, responses, requestBody }]) => ({
      method: method as 'get' | 'post' | 'put' | 'delete',
      path,
      open: security.length === 0,
      refusals: Object.keys(responses),
      example: requestBody?.content['application/json']?.example as object | undefined,
    })),
  );
}

function filled(path: string): string {
  return path.replace('{id}', ulid()).replace(/\{\w+\}/g, 'a');
}
