import { ulid } from 'ulid';
import { describe, expect, it } from 'vitest';
import { harness, storeJob } from './testing/harness.ts';

describe('POST /submit/<id>/tasks', () => {
  it('adds the tasks in their order and says how many', async () => {
    const { api, store } = harness();
    const id = await storeJob(store, ['one']);
    const tasks = [{ task_name: 'two' }, { task_name: 'three' }];
    const response = await api.post(`/submit/${id}/tasks`).send({ tasks });
    expect(response.status).toBe(201);
    expect(response.body).toEqual({ id, added: 2 });
    expect(store.taskNames(id)).toEqual(['one', 'two', 'three']);
  });

  it('names the place of every name that the job has already, and adds none', async () => {
    const { api, store } = harness();
    const id = await storeJob(store, ['one', 'two']);
    const tasks = [{ task_name: 'new' }, { task_name: 'two' }, { task_name: 'one' }];
    const response = await api.post(`/submit/${id}/tasks`).send({ tasks });
    expect(response.status).toBe(400);
    expect(response.body.errors).toMatchObject([
      { path: 'tasks[1].task_name', message: expect.stringContaining('"two"') },
      { path: 'tasks[2].task_name', message: expect.stringContaining('"one"') },
    ]);
    expect(store.taskNames(id)).toEqual(['one', 'two']);
  });

  it('refuses an empty list', async () => {
    const { api, store } = harness();
    const id = await storeJob(store, []);
    const response = await api.post(`/submit/${id}/tasks`).send({ tasks: [] });
    expect(response.status).toBe(400);
    expect(response.body.errors[0].path).toBe('tasks');
  });

  it('answers 409 when the job is finished', async () => {
    const { api, store } = harness();
    const id = await storeJob(store, ['one']);
    store.finish(id);
    await api
      .post(`/submit/${id}/tasks`)
      .send({ tasks: [{ task_name: 'two' }] })
      .expect(409);
    expect(store.taskNames(id)).toEqual(['one']);
  });

  it.each([
    ['unknown', ulid()],
    ['in lower case', ulid().toLowerCase()],
    ['no ULID', '%2e%2e%2fx'],
  ])('answers 404 for an id that is %s', async (_, id) => {
    const { api } = harness();
    await api
      .post(`/submit/${id}/tasks`)
      .send({ tasks: [{ task_name: 'two' }] })
      .expect(404);
  });
});
