import { ulid } from 'ulid';
import { describe, expect, it } from 'vitest';
import type { TaskResult, Verdict } from '../apis/index.ts';
import { harness, storeJob } from './testing/harness.ts';

const CALLBACK = { url: 'http://receiver/', state: 'dead', attempts: 84, log: [] };

function resultOf(outcome: Verdict['outcome'], exitStatus: number): TaskResult {
  const stream = { bytes: 0, truncated: false };
  const output = { stdout: stream, stderr: stream, log: { state: 'complete' } } as const;
  return { verdict: { outcome, exitStatus, source: 'service' }, output, attempts: 1, losses: 0 };
}

/** A finished job: `one` succeeded, the others failed. */
async function finished(tasks = ['one', 'two']) {
  const bench = harness();
  const uid = await storeJob(bench.store, tasks);
  for (const index of tasks.keys()) {
    const result = index === 0 ? resultOf('Succeeded', 0) : resultOf('Failed', 1);
    bench.store.settle(uid, index, result, Buffer.alloc(0));
  }
  bench.store.finish(uid);
  return { ...bench, uid };
}

describe('a verb on a job', () => {
  it.each(['cancel', 'suspend', 'resume'])('answers 409 when it is finished: %s', async (verb) => {
    const { api, store, uid } = await finished();
    const response = await api.post(`/v1/jobs/${uid}/${verb}`);
    expect(response.status).toBe(409);
    expect(response.type).toBe('application/problem+json');
    expect((await store.getJob(uid))?.status.phase).toBe('Complete');
  });

  it.each(['cancel', 'suspend', 'resume', 'retry', 'redeliver'])(
    'answers 404 when there is no such job: %s',
    async (verb) => {
      const { api } = harness();
      await api.post(`/v1/jobs/${ulid()}/${verb}`).expect(404);
      await api.post(`/v1/jobs/no-ulid/${verb}`).expect(404);
    },
  );
});

describe('POST /v1/jobs/<id>/retry', () => {
  it('makes the failed tasks run again, and answers with the job', async () => {
    const { api, store, uid } = await finished();
    const { status, body } = await api.post(`/v1/jobs/${uid}/retry`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ metadata: { uid }, status: { phase: 'Running' } });
    const tasks = await store.readTasks(uid, 0, 2);
    expect(tasks.map(({ result }) => result !== undefined)).toEqual([true, false]);
  });

  it('answers 409 while the job runs, and says what to do', async () => {
    const { api, store } = harness();
    const uid = await storeJob(store, ['one']);
    const response = await api.post(`/v1/jobs/${uid}/retry`);
    expect(response.status).toBe(409);
    expect(response.body.detail).toContain('Wait for its end');
  });

  it('answers 409 when every task has succeeded', async () => {
    const { api, store, uid } = await finished(['one']);
    const response = await api.post(`/v1/jobs/${uid}/retry`);
    expect(response.status).toBe(409);
    expect(response.body.detail).toContain('Every task of the job has succeeded');
    expect((await store.getJob(uid))?.status.phase).toBe('Complete');
  });
});

describe('POST /v1/jobs/<id>/redeliver', () => {
  it('has the callback sent once more', async () => {
    const { api, store, uid } = await finished();
    store.callback = CALLBACK;
    await api.post(`/v1/jobs/${uid}/redeliver`).expect(200);
    expect(store.callback).toEqual({ ...CALLBACK, state: 'pending', attempts: 0 });
  });

  it('answers 409 while the job runs', async () => {
    const { api, store } = harness();
    const uid = await storeJob(store, ['one']);
    store.callback = CALLBACK;
    await api.post(`/v1/jobs/${uid}/redeliver`).expect(409);
    expect(store.callback).toEqual(CALLBACK);
  });

  it('answers 409 when the job has no callback', async () => {
    const { api, uid } = await finished();
    const response = await api.post(`/v1/jobs/${uid}/redeliver`);
    expect(response.status).toBe(409);
    expect(response.body.detail).toContain('without a callback');
  });
});

describe('DELETE /v1/jobs/<id>', () => {
  it('has the job removed, and answers 202 because that takes a while', async () => {
    const { api, store } = harness();
    const uid = await storeJob(store, ['one']);
    const other = await storeJob(store, ['one']);
    const response = await api.delete(`/v1/jobs/${uid}`);
    expect(response.status).toBe(202);
    expect(await store.getJob(uid)).toBeUndefined();
    expect(await store.getJob(other)).toBeDefined();
  });

  it('answers 404 when there is no such job', async () => {
    const { api } = harness();
    await api.delete(`/v1/jobs/${ulid()}`).expect(404);
    await api.delete('/v1/jobs/no-ulid').expect(404);
  });
});
