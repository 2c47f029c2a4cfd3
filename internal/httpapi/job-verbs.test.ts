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

  /** Those of the finished job's tasks that wait again. */
  const waiting = async ({ store, uid }: Awaited<ReturnType<typeof finished>>) => {
    const tasks = await store.readTasks(uid, 0, 9);
    return tasks.filter(({ result }) => result === undefined).map(({ spec }) => spec.name);
  };

  it.each([
    ['by name', { tasks: ['three'] }, ['three']],
    ['by index', { tasks: [2] }, ['three']],
    ['by index as a text', { tasks: ['2', '3'] }, ['three', 'four']],
    ['by a name that is a number before an index', { tasks: ['1'] }, ['1']],
    ['twice', { tasks: ['three', 2] }, ['three']],
  ])('makes the tasks run again that are named %s, and says how many', async (_, body, names) => {
    const parts = await finished(['one', 'two', 'three', 'four', '1']);
    const response = await parts.api.post(`/v1/jobs/${parts.uid}/retry`).send(body);
    expect([response.status, response.body.retried]).toEqual([200, names.length]);
    expect(await waiting(parts)).toEqual(names);
  });

  it.each([undefined, '{}', ' { } '])('makes all run again with %j for a body', async (body) => {
    const parts = await finished(['one', 'two', 'three']);
    const request = parts.api.post(`/v1/jobs/${parts.uid}/retry`);
    const { status, body: answer } = await (body === undefined ? request : request.send(body));
    expect([status, answer.retried]).toEqual([200, 2]);
    expect(await waiting(parts)).toEqual(['two', 'three']);
  });

  it.each<[string, unknown, number, unknown]>([
    [
      'the job does not have a task',
      { tasks: ['two', 'nope', 17, '02', 'neither'] },
      400,
      [
        { path: 'tasks[1]', message: 'the job has no task "nope", by name or by index' },
        { path: 'tasks[2]', message: 'the job has no task "17", by name or by index' },
        { path: 'tasks[3]', message: 'the job has no task "02", by name or by index' },
        { path: 'tasks[4]', message: 'the job has no task "neither", by name or by index' },
      ],
    ],
    [
      'one has succeeded',
      { tasks: ['two', 'one'] },
      409,
      [{ path: 'tasks[1]', message: 'has succeeded' }],
    ],
    ['no task is named', { tasks: [] }, 400, [{ path: 'tasks' }]],
    ['the tasks are no list', { tasks: 'two' }, 400, [{ path: 'tasks' }]],
    [
      'a task is neither a name nor an index',
      { tasks: ['', -1, 1.5, null, {}] },
      400,
      [0, 1, 2, 3, 4].map((at) => ({ path: `tasks[${at}]` })),
    ],
    ['a member is not known', { task: ['two'] }, 400, [{ path: 'task' }]],
    ['the body is a list', ['two'], 400, [{ path: 'body' }]],
  ])('is refused as a whole when %s', async (_, body, status, errors) => {
    const parts = await finished(['one', 'two', 'three']);
    const response = await parts.api.post(`/v1/jobs/${parts.uid}/retry`).send(body as object);
    expect([response.status, response.body.errors]).toMatchObject([status, errors]);
    expect(await waiting(parts)).toEqual([]);
  });

  it('is refused with a body that is no JSON, or not said to be', async () => {
    const parts = await finished(['one', 'two']);
    const send = (type: string, body: string) =>
      parts.api.post(`/v1/jobs/${parts.uid}/retry`).type(type).send(body);
    expect((await send('application/json', '{"tasks":')).status).toBe(400);
    expect((await send('text/plain', '{"tasks":["two"]}')).status).toBe(415);
    expect((await send('application/x-www-form-urlencoded', 'tasks=two')).status).toBe(415);
    expect(await waiting(parts)).toEqual([]);
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
