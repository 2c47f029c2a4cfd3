import { Redis as Client } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import type { Redis } from '../lab/redis.ts';
import { waitFor } from '../lab/wait.ts';
import { Swarmer } from '../support/swarmer.ts';

const lab = injectLab();
const image = await lab.ensureImage('busybox');
const INSTANCE = 'operator';
let redis: Redis;
let client: Client;
let swarmer: Swarmer;

beforeAll(async () => {
  redis = await lab.startRedis({ appendfsync: 'always' });
  client = new Client(redis.socketPath);
  const env = { SWARMER_INSTANCE: INSTANCE, REDIS_URL: `redis+unix://${redis.socketPath}` };
  swarmer = await new Swarmer(lab, { env }).start();
});

afterAll(async () => {
  await swarmer.end();
  client.disconnect();
  await redis.stop();
});

async function items<T>(path: string): Promise<T[]> {
  const response = await swarmer.request(path);
  return ((await response.json()) as { items: T[] }).items;
}

async function services(): Promise<string[]> {
  const filters = { label: [`swarmer.instance=${INSTANCE}`] };
  return (await lab.docker.listServices({ filters })).map((service) => service.ID);
}

async function submitLong(): Promise<string> {
  const tasks = [{ task_name: 'long', task_args: ['sleep', '600'] }];
  const id = await swarmer.submit({ image_name: image, callback_url: null, tasks });
  await waitFor(async () => (await swarmer.services(id)).length === 1, { what: 'the service' });
  return id;
}

/** Awaits that neither services of other stores nor decisions about them are left. */
async function nothingForeign(): Promise<void> {
  const left = async () => [
    ...(await items('/v1/foreign')),
    ...Object.keys(await client.hgetall('swarmer:foreign:decisions')),
  ];
  await waitFor(async () => (await left()).length === 0, {
    what: 'other stores to be told of no longer',
    timeoutMs: 30_000,
  });
}

test('a job with a corrupt record is set aside, told, and taken back; the others go on', async () => {
  const id = await submitLong();
  const key = `swarmer:job:${id}:live`;
  const record = (await client.hget(key, '0')) ?? '';
  await client.hset(key, '0', '{"attempt":');
  const aside = () => items<{ uid: string; message: string }>('/v1/quarantine');
  const other = await swarmer.submit({
    image_name: image,
    callback_url: null,
    tasks: [{ task_name: 'short', task_args: ['true'] }],
  });
  expect((await swarmer.finished(other)).__phase).toBe('Complete');
  await swarmer.post(`/v1/jobs/${id}/suspend`, {});
  await waitFor(async () => (await aside()).length > 0, { what: 'the job to be set aside' });
  expect(await aside()).toMatchObject([
    { uid: id, message: expect.stringMatching(/cannot be read/) },
  ]);
  expect(await swarmer.services(id)).toHaveLength(1);

  await client.hset(key, '0', record);
  expect((await swarmer.post(`/v1/jobs/${id}/release`, {})).status).toBe(200);
  expect((await swarmer.post(`/v1/jobs/${id}/cancel`, {})).status).toBe(200);
  expect((await swarmer.finished(id)).__phase).toBe('Cancelled');
  expect(await aside()).toEqual([]);
  expect(await client.get('swarmer:slots')).toBe('0');
});

test('services of an emptied store are left alone until they are to be purged', async () => {
  await submitLong();
  await client.flushall();
  const found = () => items<{ storeId: string; services: number }>('/v1/foreign');
  await waitFor(async () => (await found()).length === 1, {
    what: 'the services of the emptied store to be reported',
    timeoutMs: 30_000,
  });
  const [foreign] = await found();
  expect(foreign).toMatchObject({ services: 1 });
  expect(await services()).toHaveLength(1);
  expect((await swarmer.post(`/v1/foreign/${foreign?.storeId}/purge`, {})).status).toBe(202);
  await waitFor(async () => (await services()).length === 0, {
    what: 'the services to be removed',
    timeoutMs: 30_000,
  });
  await nothingForeign();
});

test('services of another identity are taken over when they are to be adopted', async () => {
  const id = await submitLong();
  const before = await services();
  const mine = await client.hget('swarmer:meta', 'storeId');
  await swarmer.end();
  await client.hset('swarmer:meta', 'storeId', '01JGFJJZ000000000000000000');
  await swarmer.start();
  const found = () => items<{ storeId: string }>('/v1/foreign');
  await waitFor(async () => (await found()).some(({ storeId }) => storeId === mine), {
    what: 'the services to be reported',
    timeoutMs: 30_000,
  });
  expect((await swarmer.post(`/v1/foreign/${mine}/adopt`, {})).status).toBe(202);
  await swarmer.logged('took the identity of another store, as the operator asked for');
  expect(await client.hget('swarmer:meta', 'storeId')).toBe(mine);
  expect(await services()).toEqual(before);
  await nothingForeign();
  expect((await swarmer.post(`/v1/foreign/${mine}/adopt`, {})).status).toBe(404);
  await swarmer.post(`/v1/jobs/${id}/cancel`, {});
  expect((await swarmer.finished(id)).tasks).toMatchObject([{ attempts: 1 }]);
});
