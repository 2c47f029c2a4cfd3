import { request as send } from 'node:http';
import supertest from 'supertest';
import { ulid } from 'ulid';
import { describe, expect, it } from 'vitest';
import { harness } from './testing/harness.ts';
import { serving } from './testing/raw-client.ts';

describe('GET /metrics', () => {
  it('is for users where there are tokens', async () => {
    const { api } = harness({ tokens: ['secret'] });
    await api.get('/metrics').expect(401);
    const { text } = await api.get('/metrics').set('Authorization', 'Bearer secret').expect(200);
    expect(text).toBe('a_metric 1\n');
  });

  it('is open on its own listener, beside the probes and nothing else', async () => {
    const { metricsApp } = harness({ tokens: ['secret'] });
    const own = supertest(metricsApp);
    const { headers } = await own.get('/metrics').expect(200);
    expect(headers['content-type']).toContain('text/plain; version=0.0.4');
    await own.get('/healthz').expect(200);
    await own.get('/readyz').expect(200);
    for (const path of ['/v1/jobs', '/v1/version', '/docs']) await own.get(path).expect(404);
    await own.post('/submit').expect(404);
  });
});

describe('what is told of requests', () => {
  it('is the pattern of the route, never the path', async () => {
    const { api, handled } = harness();
    const uid = ulid();
    await api.get(`/v1/jobs/${uid}`);
    await api.get(`/nowhere/${uid}`);
    await api.put(`/v1/jobs/${uid}`);
    await expect.poll(() => handled).toHaveLength(3);
    expect(handled).toEqual([
      { method: 'GET', route: '/v1/jobs/:id', status: 404 },
      { method: 'GET', route: 'none', status: 404 },
      { method: 'PUT', route: '/v1/jobs/:id', status: 405 },
    ]);
    expect(JSON.stringify(handled)).not.toContain(uid);
  });

  it('says so when the client went before the answer', async () => {
    const never = () => new Promise<void>(() => {});
    const { app, handled } = harness({ checks: [{ name: 'redis', check: never }] });
    await serving(app, async ({ address }) => {
      const request = send({ ...address, path: '/readyz' });
      request.on('error', () => {});
      request.flushHeaders();
      request.once('socket', (socket) => socket.once('connect', () => setImmediate(abandon)));
      const abandon = () => request.destroy();
      await expect.poll(() => handled).toHaveLength(1);
      expect(handled[0]).toMatchObject({ route: '/readyz', status: 499 });
    });
  });
});
