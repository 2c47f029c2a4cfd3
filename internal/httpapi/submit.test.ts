import { describe, expect, it } from 'vitest';
import { StoreError } from '../store/errors.ts';
import { harness } from './testing/harness.ts';

const JOB = { image_name: 'alpine:3.20', callback_url: 'http://receiver/done' };

describe('POST /submit', () => {
  it('answers with nothing but the id, and says where the status is', async () => {
    const { api, store } = harness();
    const response = await api.post('/submit').send(JOB);
    expect(response.status).toBe(201);
    expect(response.text).toBe(`{"id":"${response.body.id}"}`);
    expect(response.headers['location']).toBe(`/status/${response.body.id}`);
    expect(await store.getJob(response.body.id)).toMatchObject({
      spec: {
        image: 'alpine:3.20',
        callback: { url: 'http://receiver/done' },
        backoffLimit: 0,
        lossLimit: 10,
        outputLimitBytes: 8,
      },
    });
  });

  it('stores the first tasks with the job', async () => {
    const { api, store } = harness();
    const tasks = [{ task_name: 'one', task_args: ['a,b', ''] }, { task_name: 'two' }];
    const { body } = await api.post('/submit').send({ ...JOB, tasks });
    expect((await store.readTasks(body.id, 0, 9)).map(({ spec }) => spec)).toEqual([
      { name: 'one', args: ['a,b', ''] },
      { name: 'two', args: [] },
    ]);
  });

  it("stores the completion policy of the body, else the server's for submissions", async () => {
    const { api, store } = harness({ submitCompletionPolicy: 'report' });
    const policyOf = async (more: object) => {
      const body = { image_name: 'alpine', callback_url: null, ...more };
      const response = await api.post('/submit').send(body).expect(201);
      return (await store.getJob(response.body.id))?.spec.completionPolicy;
    };
    expect(await policyOf({})).toBe('report');
    expect(await policyOf({ completion_policy: 'exit' })).toBe('exit');
    const job = { apiVersion: 'swarmer/v1', kind: 'Job', spec: { image: 'alpine' } };
    const { body } = await api.post('/v1/jobs').send(job).expect(201);
    expect((await store.getJob(body.id))?.spec.completionPolicy).toBeUndefined();
  });

  it('stores no callback when the URL is null', async () => {
    const { api, store } = harness();
    const { body } = await api.post('/submit').send({ ...JOB, callback_url: null });
    expect((await store.getJob(body.id))?.spec).not.toHaveProperty('callback');
  });

  it('names every problem at once, and stores nothing', async () => {
    const { api, store } = harness();
    const tasks = [{ task_nam: 'x' }, { task_name: '../x' }];
    const response = await api.post('/submit').send({ image_name: 'alpine', tasks });
    expect(response.status).toBe(400);
    expect(response.type).toBe('application/problem+json');
    expect(response.body).toMatchObject({ type: 'about:blank', title: 'Bad Request', status: 400 });
    expect(response.body.detail).toContain('There are 4 problems with the body.');
    expect(response.body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'callback_url',
      'tasks[0].task_name',
      'tasks[0].task_nam',
      'tasks[1].task_name',
    ]);
    expect(store.size).toBe(0);
  });

  it('lists 100 problems and says how many more there are', async () => {
    const { api } = harness();
    const tasks = Array.from({ length: 250 }, () => 0);
    const { body } = await api.post('/submit').send({ ...JOB, tasks });
    expect(body.errors).toHaveLength(100);
    expect(body.detail).toContain('250 problems');
    expect(body.detail).toContain('150 more are not');
  });

  it('answers 503 with Retry-After when the store does not answer', async () => {
    const { api, store } = harness();
    store.failure = new StoreError('Unavailable', 'READONLY');
    const response = await api.post('/submit').send(JOB);
    expect(response.status).toBe(503);
    expect(response.headers['retry-after']).toBe('1');
  });
});

describe('Idempotency-Key', () => {
  it('gives the same job for the same key and body, whatever the order of the members', async () => {
    const { api, store } = harness();
    const first = await api.post('/submit').set('Idempotency-Key', 'k').send(JOB);
    const { image_name, callback_url } = JOB;
    const again = { callback_url, image_name };
    const second = await api.post('/submit').set('Idempotency-Key', 'k').send(again);
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expect(second.headers['location']).toBe(`/status/${first.body.id}`);
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(store.size).toBe(1);
  });

  it('answers 409 for the same key with another body', async () => {
    const { api, store } = harness();
    await api.post('/submit').set('Idempotency-Key', 'k').send(JOB);
    const other = { ...JOB, image_name: 'busybox' };
    const response = await api.post('/submit').set('Idempotency-Key', 'k').send(other);
    expect(response.status).toBe(409);
    expect(store.size).toBe(1);
  });

  it('keeps the keys of two callers apart', async () => {
    const { api, store } = harness({ tokens: ['alpha', 'beta'] });
    for (const token of ['alpha', 'beta']) {
      const auth = { Authorization: `Bearer ${token}`, 'Idempotency-Key': 'k' };
      await api.post('/submit').set(auth).send(JOB).expect(201);
    }
    expect(store.size).toBe(2);
  });

  it.each([
    ['with a space', 'a b'],
    ['too long', 'k'.repeat(256)],
  ])('refuses a key %s', async (_, key) => {
    const { api, store } = harness();
    await api.post('/submit').set('Idempotency-Key', key).send(JOB).expect(400);
    expect(store.size).toBe(0);
  });
});
