import express from 'express';
import helmet from 'helmet';
import supertest from 'supertest';
import { ulid } from 'ulid';
import { describe, expect, it } from 'vitest';
import { userRoutes } from './apps.ts';
import { harness, startTask, storeJob } from './testing/harness.ts';

const JOB = { image_name: 'alpine', callback_url: null };
describe('the user API', () => {
  it.each(['get /nowhere', 'post /submit/x', 'get /', 'post /result'])(
    'answers 404 for %s',
    async (line) => {
      const [method, path] = line.split(' ') as ['get' | 'post', string];
      const response = await harness().api[method](path);
      expect(response.status).toBe(404);
      expect(response.body).toMatchObject({ title: 'Not Found', status: 404 });
    },
  );

  it.each([
    ['get', '/submit', 'POST'],
    ['delete', `/submit/${ulid()}/tasks`, 'POST'],
    ['post', `/status/${ulid()}`, 'GET, HEAD'],
    ['put', `/result/${ulid()}`, 'POST'],
    ['post', '/healthz', 'GET, HEAD'],
    ['options', '/readyz', 'GET, HEAD'],
    ['delete', '/v1/jobs', 'POST, GET, HEAD'],
    ['put', `/v1/jobs/${ulid()}`, 'GET, HEAD, DELETE'],
    ['get', `/v1/jobs/${ulid()}/cancel`, 'POST'],
    ['post', `/v1/jobs/${ulid()}/events`, 'GET, HEAD'],
    ['delete', `/v1/jobs/${ulid()}/callback`, 'GET, HEAD'],
  ] as const)('answers 405 to %s %s and names what is allowed', async (method, path, allow) => {
    const response = await harness().api[method](path);
    expect(response.status).toBe(405);
    expect(response.headers['allow']).toBe(allow);
  });

  it('answers 400 for a path that cannot be decoded', async () => {
    await harness().api.get('/status/%E0%A4%A').expect(400);
  });

  it('sends every header that helmet itself would send', async () => {
    const bare = express()
      .use(helmet())
      .use((_request, response) => void response.end());
    const wanted = (await supertest(bare).get('/')).headers;
    const names = Object.keys(wanted).filter((name) =>
      /^(x-|cross-|content-sec|strict|ref|origin)/.test(name),
    );
    expect(names.length).toBeGreaterThan(10);
    const { headers } = await harness().api.get('/healthz');
    for (const name of names) expect([name, headers[name]]).toEqual([name, wanted[name]]);
  });

  it('sends the headers of helmet and a request id, and does not name express', async () => {
    const { headers } = await harness().api.get('/healthz');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-request-id']).toMatch(/^[0-9A-Z]{26}$/);
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  it('answers 500 without internals when a handler throws what nobody expected', async () => {
    const { api, store, lines } = harness();
    store.failure = new TypeError('x of undefined');
    const response = await api.post('/submit').send(JOB);
    expect(response.status).toBe(500);
    expect(response.text).not.toContain('undefined');
    expect(response.body.detail).toContain(response.headers['x-request-id']);
    expect(lines).toContainEqual(
      expect.objectContaining({
        msg: 'request failed',
        request: response.headers['x-request-id'],
        err: expect.objectContaining({ stack: expect.stringContaining('TypeError') }),
      }),
    );
  });
});

describe('user tokens', () => {
  const OPEN = ['/v1/version', '/openapi.json', '/docs', '/healthz', '/readyz', '/result/:id'];
  const endpoints = userRoutes(harness().options)
    .filter(({ path }) => !OPEN.includes(path))
    .map(({ method, path }) => {
      const at = path.replace(':namespace', 'default').replace(':name', 'one');
      return [method, at.replace(':id', ulid())] as const;
    });

  it.each(endpoints)('are needed for %s %s', async (method, path) => {
    const { api } = harness({ tokens: ['secret', 'other'] });
    for (const value of ['', 'Bearer', 'Bearer wrong', 'Bearer secre', 'Basic secret', 'secret']) {
      const response = await api[method](path).set('Authorization', value);
      expect(response.status).toBe(401);
      expect(response.headers['www-authenticate']).toBe('Bearer');
    }
  });

  it.each(['secret', 'other'])('let in whoever has one of them: %s', async (token) => {
    const { api } = harness({ tokens: ['secret', 'other'] });
    await api.post('/submit').set('Authorization', `Bearer ${token}`).send(JOB).expect(201);
  });

  it('are not needed for the probes', async () => {
    const { api } = harness({ tokens: ['secret'] });
    await api.get('/healthz').expect(200);
    await api.get('/readyz').expect(200);
  });
});

describe('the report API', () => {
  it('takes reports and answers /healthz', async () => {
    const { reportApp, store } = harness();
    const uid = await storeJob(store, ['one']);
    const task_result = { stdout: '', stderr: '' };
    const report = { task_name: 'one', task_status: 0, task_result };
    await supertest(reportApp).post(startTask(store, uid)).send(report).expect(204);
    await supertest(reportApp).get('/healthz').expect(200);
    expect(store.report(uid, 0)?.exitStatus).toBe(0);
  });

  it('has none of the endpoints of users', async () => {
    const { reportApp, store } = harness();
    const uid = await storeJob(store, ['one']);
    await supertest(reportApp).post('/submit').send(JOB).expect(404);
    await supertest(reportApp).post(`/submit/${uid}/tasks`).expect(404);
    await supertest(reportApp).get(`/status/${uid}`).expect(404);
    await supertest(reportApp).get(`/v1/jobs/${uid}`).expect(404);
    await supertest(reportApp).delete(`/v1/jobs/${uid}`).expect(404);
    await supertest(reportApp).post(`/v1/jobs/${uid}/cancel`).expect(404);
    await supertest(reportApp).get('/readyz').expect(404);
  });
});
