import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { ulid } from 'ulid';
import { describe, expect, it } from 'vitest';
import type { TaskResult } from '../apis/index.ts';
import { StoreError } from '../store/errors.ts';
import { listen } from './server/listen.ts';
import { harness, storeJob } from './testing/harness.ts';

const DONE: TaskResult = {
  verdict: { outcome: 'Succeeded', exitStatus: 0, source: 'report' },
  output: {
    stdout: { bytes: 3, truncated: false },
    stderr: { bytes: 0, truncated: false },
    log: { state: 'complete' },
  },
  attempts: 1,
  losses: 0,
};

describe('GET /status/<id>', () => {
  it('shows the job as its callback will, unfinished tasks with a null status', async () => {
    const { api, store } = harness();
    const id = await storeJob(store, ['one', 'two']);
    store.settle(id, 0, DONE, Buffer.from('hi\n'));
    const response = await api.get(`/status/${id}`);
    expect(response.status).toBe(200);
    expect(response.type).toBe('application/json');
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.body).toMatchObject({
      __image: 'alpine:3.20',
      __callback_url: null,
      tasks: [
        { name: 'one', status: 0, args: [], result: { stdout: 'hi\n', stderr: '' } },
        { name: 'two', status: null },
      ],
      __job_id: id,
      __phase: 'Running',
    });
  });

  it('shows all of a job with many tasks, in their order', async () => {
    const { api, store } = harness();
    const names = Array.from({ length: 1000 }, (_, index) => `task-${index}`);
    const { body } = await api.get(`/status/${await storeJob(store, names)}`);
    expect(body.tasks.map(({ name }: { name: string }) => name)).toEqual(names);
  });

  it('answers HEAD without a body', async () => {
    const { api, store } = harness();
    const response = await api.head(`/status/${await storeJob(store, ['one'])}`);
    expect(response.status).toBe(200);
    expect(response.text).toBeUndefined();
  });

  it.each([
    ['unknown', ulid()],
    ['no ULID', 'x'],
    ['an escaped NUL', '%00'],
  ])('answers 404 for an id that is %s', async (_, id) => {
    const response = await harness().api.get(`/status/${id}`);
    expect(response.status).toBe(404);
    expect(response.type).toBe('application/problem+json');
  });

  it('answers 503 when the store fails before the body has begun', async () => {
    const { api, store } = harness();
    const id = await storeJob(store, ['one']);
    store.failReadsFrom = 0;
    await api.get(`/status/${id}`).expect(503).expect('Retry-After', '1');
  });

  it('cuts the connection when the store fails in mid-body', async () => {
    const { app, store, lines } = harness();
    const args = ['x'.repeat(1000)];
    const tasks = Array.from({ length: 200 }, (_, index) => ({ name: `t${index}`, args }));
    const id = await storeJob(store, tasks);
    store.failReadsFrom = 100;
    const log = pino({ level: 'silent' });
    const server = await listen(app, { host: '127.0.0.1', port: 0, log });
    try {
      const { port } = server.address;
      const body = new Promise<string>((resolve, reject) => {
        get({ port, path: `/status/${id}` }, (response) => {
          expect(response.statusCode).toBe(200);
          text(response).then(resolve, reject);
        }).on('error', reject);
      });
      await expect(body).rejects.toThrow('aborted');
      await expect.poll(() => lines.map(({ msg }) => msg)).toContain('status body cut off');
    } finally {
      await server.close(0);
    }
  });

  it('shows no internals of a record that cannot be read, and logs them', async () => {
    const { api, store, lines } = harness();
    store.failure = new StoreError('Corrupt', 'a job record in Redis cannot be read: secret');
    const response = await api.get(`/status/${ulid()}`);
    expect(response.status).toBe(500);
    expect(response.text).not.toContain('secret');
    expect(response.body.detail).toContain(response.headers['x-request-id']);
    const logged = lines.find(({ msg }) => msg === 'request failed');
    expect(logged).toMatchObject({ request: response.headers['x-request-id'] });
    expect(logged).toMatchObject({ err: { stack: expect.stringContaining('secret') } });
  });
});
