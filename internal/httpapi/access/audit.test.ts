import { ulid } from 'ulid';
import { describe, expect, it } from 'vitest';
import { userRoutes } from '../apps.ts';
import { spokenAccess } from '../testing/fake-access.ts';
import { harness, startTask, storeJob } from '../testing/harness.ts';
import { RawClient, serving } from '../testing/raw-client.ts';
import { RateLimits } from './rate-limits.ts';

const JOB = { image_name: 'alpine', callback_url: null };
const NAMED = { apiVersion: 'swarmer/v1', kind: 'Job', metadata: { name: 'one' } };
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

describe('the audit log', () => {
  it('has who wrote what where, and what came of it', async () => {
    const { api, audited } = harness({ access: spokenAccess });
    const { headers, body } = await api.post('/submit').set(bearer('submit:a')).send(JOB);
    await api.post(`/v1/jobs/${body.id}/cancel`).set(bearer('edit:*'));
    const object = { kind: 'Job', namespace: 'a', name: body.id.toLowerCase(), uid: body.id };
    const remote = expect.stringMatching(/127\.0\.0\.1$/);
    expect(audited).toEqual([
      {
        ...{ request: headers['x-request-id'], who: 'submit:a', role: 'submit', remote },
        ...{ verb: 'create', path: '/submit', ...object, status: 201 },
      },
      {
        ...{ request: expect.any(String), who: 'edit:*', role: 'edit', remote },
        ...{ verb: 'cancel', path: `/v1/jobs/${body.id}/cancel`, ...object, status: 200 },
      },
    ]);
  });

  it('has what was refused, with why as a status', async () => {
    const limits = new RateLimits({ perCaller: 1, countLoopback: true, perIntruder: 0 });
    const { api, audited, store } = harness({ access: spokenAccess, limits });
    const uid = await storeJob(store, ['one']);
    await api.post('/submit').set(bearer('submit:b')).send('no JSON');
    await api.post('/submit').set(bearer('submit:b')).send(JOB);
    await api.post('/submit').send(JOB);
    await api.delete(`/v1/jobs/${uid}`).set(bearer('view:default'));
    await api.delete(`/v1/jobs/${uid}`).set(bearer('edit:a'));
    await api.delete('/v1/namespaces/b/jobs/one').set(bearer('edit:c'));
    expect(
      audited.map(({ who, verb, status, namespace }) => [who, verb, status, namespace]),
    ).toEqual([
      ['submit:b', 'create', 415, undefined],
      ['submit:b', 'create', 429, undefined],
      ['(unknown)', 'create', 401, undefined],
      ['view:default', 'delete', 403, 'default'],
      ['edit:a', 'delete', 404, undefined],
      ['edit:c', 'delete', 404, 'b'],
    ]);
  });

  it('has no reads, and no reports of tasks', async () => {
    const { api, audited, store, options } = harness();
    const uid = await storeJob(store, ['one']);
    for (const { method, path } of userRoutes(options)) {
      if (method === 'get') await api.get(path.replace(':id', uid).replace(/:\w+/g, 'a'));
    }
    await api.post(startTask(store, uid)).send({});
    expect(audited).toEqual([]);
  });

  it('tells a dry run from a write', async () => {
    const { api, audited } = harness();
    const path = '/v1/namespaces/a/jobs';
    await api.post(`${path}?dryRun=All`).send({ ...NAMED, spec: { image: 'x' } });
    expect(audited).toMatchObject([{ verb: 'create', path, namespace: 'a', dryRun: true }]);
  });

  it('has nothing of a body, a query or a token', async () => {
    const { api, audited } = harness({ access: spokenAccess });
    const env = { PASSWORD: 's3cret' };
    await api
      .post('/v1/namespaces/a/jobs?x=s3cret')
      .set(bearer('edit:s3cret'))
      .send({ ...NAMED, spec: { image: 's3cret/x', env } });
    await api.post('/submit?token=s3cret').set(bearer('s3cret')).send(JOB);
    const text = JSON.stringify(audited.map(({ who: _, ...rest }) => rest));
    expect(audited).toHaveLength(2);
    expect(text).not.toContain('s3cret');
  });

  it('has a write whose client did not wait for the answer', async () => {
    const { app, audited, store } = harness();
    await serving(app, async (server) => {
      const client = await RawClient.connect(server);
      client.socket.write(
        'POST /submit HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n' +
          'Content-Length: 100\r\n\r\n{',
      );
      await expect.poll(() => client.socket.bytesWritten).toBeGreaterThan(0);
      client.socket.destroy();
      await expect
        .poll(() => audited)
        .toMatchObject([{ verb: 'create', status: 499, aborted: true }]);
    });
    expect(store.size).toBe(0);
  });

  it('has a job whose record cannot be read, when it is removed by who sees everything', async () => {
    const { api, audited, store } = harness();
    const uid = await storeJob(store, ['one']);
    store.corrupt.add(uid);
    await api.delete(`/v1/jobs/${uid}`).expect(202);
    expect(audited).toMatchObject([{ kind: 'Job', uid, verb: 'delete', status: 202 }]);
    expect((await api.delete(`/v1/jobs/${ulid()}`)).status).toBe(404);
  });
});
