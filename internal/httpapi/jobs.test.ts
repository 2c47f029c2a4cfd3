import { describe, expect, it } from 'vitest';
import { harness, storeJob } from './testing/harness.ts';

const manifest = {
  apiVersion: 'swarmer/v1',
  kind: 'Job',
  spec: { image: 'alpine:3.20', tasks: [{ name: 'one', args: ['a'] }], timeoutSeconds: 9 },
};

describe('POST /v1/jobs', () => {
  it('accepts a Job and fills in what it does not say', async () => {
    const { api, store } = harness();
    const { status, body, headers } = await api.post('/v1/jobs').send(manifest);
    expect(status).toBe(201);
    expect(headers['location']).toBe(`/v1/jobs/${body.id}`);
    expect((await store.getJob(body.id))?.spec).toEqual({
      image: 'alpine:3.20',
      timeoutSeconds: 9,
      backoffLimit: 3,
      lossLimit: 10,
      outputLimitBytes: 8,
    });
  });

  it.each([
    ['another kind', { ...manifest, kind: 'Pod' }, 'kind'],
    ['another version', { ...manifest, apiVersion: 'v2' }, 'apiVersion'],
    ['no tasks', { ...manifest, spec: { image: 'a', tasks: [] } }, 'spec.tasks'],
    [
      'a rule that matches nothing',
      { ...manifest, spec: { ...manifest.spec, failurePolicy: [{ action: 'FailJob' }] } },
      'spec.failurePolicy[0]',
    ],
    [
      'a rule without an action',
      { ...manifest, spec: { ...manifest.spec, failurePolicy: [{}] } },
      'spec.failurePolicy[0].action',
    ],
    [
      'a reason that there is not',
      {
        ...manifest,
        spec: { ...manifest.spec, failurePolicy: [{ action: 'Ignore', onReasons: ['Bored'] }] },
      },
      'spec.failurePolicy[0].onReasons[0]',
    ],
    [
      'two tasks of one name',
      { ...manifest, spec: { image: 'a', tasks: [{ name: 'x' }, { name: 'x' }] } },
      'spec.tasks[1].name',
    ],
  ])('refuses %s, with the path', async (_what, body, path) => {
    const { api } = harness();
    const response = await api.post('/v1/jobs').send(body);
    expect(response.status).toBe(400);
    expect(response.body.errors.map((problem: { path: string }) => problem.path)).toEqual([path]);
  });
});

describe('/v1/jobs/<id>', () => {
  it('shows the job', async () => {
    const { api, store } = harness();
    const uid = await storeJob(store, ['one']);
    const { body } = await api.get(`/v1/jobs/${uid}`);
    expect(body).toMatchObject({
      apiVersion: 'swarmer/v1',
      kind: 'Job',
      metadata: { uid },
      status: { phase: 'Running' },
    });
  });

  it.each([
    ['cancel', { status: { cancelRequested: true } }],
    ['suspend', { spec: { suspend: true } }],
    ['resume', { spec: { suspend: false } }],
  ])('%s notes the wish and answers with the job', async (verb, job) => {
    const { api, store } = harness();
    const uid = await storeJob(store, ['one']);
    const { status, body } = await api.post(`/v1/jobs/${uid}/${verb}`);
    expect(status).toBe(200);
    expect(body).toMatchObject(job);
  });

  it('asks for a token where there are tokens', async () => {
    const { api, store } = harness({ tokens: ['a-token-of-a-user-0123456789'] });
    const uid = await storeJob(store, ['one']);
    expect((await api.post(`/v1/jobs/${uid}/cancel`)).status).toBe(401);
    expect((await api.post('/v1/jobs').send(manifest)).status).toBe(401);
    expect((await api.get(`/v1/jobs/${uid}`)).status).toBe(401);
  });
});
