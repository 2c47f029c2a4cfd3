import { beforeAll, describe, expect, test } from 'vitest';
import { CRON_JOB } from '../../internal/httpapi/openapi/operations/examples.ts';
import { manifest, useApi } from './harness.ts';

const api = useApi();
const JOBS = '/v1/namespaces/default/jobs';
const CRON = '/v1/namespaces/default/cronjobs/nightly';

async function create(name: string, spec: object = {}): Promise<string> {
  const { body } = await api().api.post(JOBS).send(manifest(name, spec)).expect(201);
  return body.metadata.uid;
}

/** What a write leaves: the version of the store, and the timeline of a job. */
async function traces(uid: string) {
  const { stores, redis } = api();
  const [version, events] = await Promise.all([
    stores.catalog.version(),
    stores.jobs.readEvents(uid, '', 100),
  ]);
  return { version, events, watched: await redis.xlen('swarmer:watch') };
}

async function post(path: string): Promise<{ status: number; body: unknown }> {
  const { status, body } = await api().api.post(path);
  return { status, body };
}

describe('a verb that asks for what is so already', () => {
  test.each([
    [['suspend'], 'Suspended'],
    [['suspend', 'resume'], 'Resumed'],
    [['cancel'], 'CancelRequested'],
    [['suspend', 'cancel'], 'CancelRequested'],
  ])('leaves no event and no new version, however often: %j', async (verbs, event) => {
    const name = `verbs-${verbs.join('-')}`;
    const uid = await create(name);
    for (const verb of verbs) await api().api.post(`${JOBS}/${name}/${verb}`).expect(200);
    const before = await traces(uid);
    expect(before.events.at(-1)?.type).toBe(event);
    const first = await api().api.get(`${JOBS}/${name}`);
    for (const path of [`${JOBS}/${name}`, `/v1/jobs/${uid}`, `/v1/jobs/${uid}`]) {
      const again = await post(`${path}/${verbs.at(-1)}`);
      expect(again).toEqual({ status: 200, body: first.body });
    }
    expect(await traces(uid)).toEqual(before);
  });

  test('is the resuming of a job that was never suspended', async () => {
    const uid = await create('never-suspended');
    const before = await traces(uid);
    expect((await post(`/v1/jobs/${uid}/resume`)).status).toBe(200);
    expect(await traces(uid)).toEqual(before);
  });

  test('is the suspending of a job that was created so, or applied so', async () => {
    const uid = await create('created-suspended', { suspend: true });
    const before = await traces(uid);
    expect((await post(`/v1/jobs/${uid}/suspend`)).status).toBe(200);
    expect(await traces(uid)).toEqual(before);
    await api()
      .api.put(`${JOBS}/created-suspended`)
      .send(manifest('created-suspended'))
      .expect(200);
    const applied = await traces(uid);
    expect((await post(`/v1/jobs/${uid}/resume`)).status).toBe(200);
    expect(await traces(uid)).toEqual(applied);
  });

  test('is the deletion of a job that is being removed', async () => {
    const uid = await create('deleted');
    await api().api.delete(`/v1/jobs/${uid}`).expect(202);
    const before = await traces(uid);
    const job = await api().api.get(`/v1/jobs/${uid}`);
    await api().api.delete(`/v1/jobs/${uid}`).expect(202);
    expect(await traces(uid)).toEqual(before);
    expect((await api().api.get(`/v1/jobs/${uid}`)).body).toEqual(job.body);
  });

  test('does nothing more where a deletion follows a cancel, but for the deletion', async () => {
    const uid = await create('cancelled-deleted');
    await api().api.post(`/v1/jobs/${uid}/cancel`).expect(200);
    await api().api.delete(`/v1/jobs/${uid}`).expect(202);
    const before = await traces(uid);
    await api().api.post(`/v1/jobs/${uid}/cancel`).expect(200);
    expect(await traces(uid)).toEqual(before);
  });

  test('is an apply of what was applied', async () => {
    const job = manifest('applied', { suspend: true }, { labels: { app: 'a' } });
    const { body } = await api().api.put(`${JOBS}/applied`).send(job).expect(201);
    const before = await traces(body.object.metadata.uid);
    const again = await api().api.put(`${JOBS}/applied`).send(job).expect(200);
    expect(again.body.result).toBe('unchanged');
    expect(await traces(body.object.metadata.uid)).toEqual(before);
  });
});

describe('a cron job', () => {
  beforeAll(() => api().api.put(CRON).send(CRON_JOB).expect(201));

  test.each(['suspend', 'resume'])('is not changed by a second %s', async (verb) => {
    await api().api.post(`${CRON}/${verb}`).expect(200);
    const { body, headers } = await api().api.get(CRON);
    const before = await traces(body.metadata.uid);
    await api().api.post(`${CRON}/${verb}`).expect(200);
    expect((await api().api.get(CRON)).headers['etag']).toBe(headers['etag']);
    expect(await traces(body.metadata.uid)).toEqual(before);
  });

  test('is not changed by the same manifest', async () => {
    const { body, headers } = await api().api.get(CRON);
    const before = await traces(body.metadata.uid);
    const again = await api().api.put(CRON).send(CRON_JOB).expect(200);
    expect([again.body.result, again.headers['etag']]).toEqual(['unchanged', headers['etag']]);
    expect(await traces(body.metadata.uid)).toEqual(before);
  });
});

describe('the callback of a finished job', () => {
  test('is due once, however often it is asked for before it is sent', async () => {
    const uid = await create('redelivered', { callback: { url: 'http://127.0.0.1:1/x' } });
    const { stores, fence } = api();
    const ending = { phase: 'Cancelled', reason: 'CancelRequested', message: 'x' } as const;
    await stores.controller.endJob(fence, uid, ending);
    await stores.controller.completeJob(fence, uid, 1);
    const before = await traces(uid);
    const callback = await api().api.get(`/v1/jobs/${uid}/callback`);
    for (let i = 0; i < 3; i++) await api().api.post(`/v1/jobs/${uid}/redeliver`).expect(200);
    expect(await traces(uid)).toEqual(before);
    expect((await api().api.get(`/v1/jobs/${uid}/callback`)).body).toEqual(callback.body);
    expect(await api().redis.zcard('swarmer:outbox')).toBe(1);
  });
});

describe('a node', () => {
  beforeAll(async () => {
    const { stores, fence } = api();
    const node = { id: 'n1', hostname: 'one', state: 'ready', availability: 'active', active: 0 };
    const report = { nodes: [node], maxConcurrentTasks: 12, updatedAt: 1 };
    await stores.controller.publishCluster(fence, report);
  });

  test('is wanted drained since it was first asked for, until something else is', async () => {
    const { stores, redis } = api();
    const first = await post('/v1/nodes/one/drain');
    const wishes = await stores.operator.nodeWishes();
    const changes = await redis.xlen('swarmer:changes');
    expect(await post('/v1/nodes/n1/drain')).toEqual(first);
    expect(await stores.operator.nodeWishes()).toEqual(wishes);
    expect(await redis.xlen('swarmer:changes')).toBe(changes);
    expect(first.status).toBe(202);
    expect((await post('/v1/nodes/one/undrain')).body).toMatchObject({ wish: 'active' });
    expect((await post('/v1/nodes/one/drain')).body).toMatchObject({ wish: 'drain' });
  });
});
