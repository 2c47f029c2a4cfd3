import { Redis } from 'ioredis';
import { afterAll, describe, expect, test } from 'vitest';
import { connectRedis } from '../../internal/store/index.ts';
import { injectLab } from '../lab/inject.ts';
import type { Redis as Server } from '../lab/redis.ts';
import { waitFor } from '../lab/wait.ts';
import { codeOf, first, SPEC, silent, TestStore } from './harness.ts';
import { MuteRelay } from './mute-relay.ts';

const lab = injectLab();
const opened: { server: Server; redis: Redis }[] = [];
afterAll(async () => {
  for (const { redis } of opened) redis.disconnect();
  await Promise.all(opened.map(({ server }) => server.stop()));
});

/** A Redis of the test's own. */
async function start(...args: string[]) {
  const server = await lab.startRedis({ args });
  const redis = connectRedis({ kind: 'unix', path: server.socketPath }, silent);
  await redis.connect();
  opened.push({ server, redis });
  return { server, redis, store: new TestStore(redis, 'test:') };
}

/** Codes of one write by the API, one by the controller, one to the lease, and one read. */
async function codes(store: TestStore) {
  const fence = { token: 1 };
  return [
    await codeOf(store.jobs.submitJob({ uid: 'J2', spec: SPEC, tasks: [] })),
    await codeOf(store.claim(fence, 'Ja', 1)),
    await codeOf(store.lease.renewLease('me', fence)),
    await codeOf(store.jobs.getJob('Ja')),
  ];
}

async function withOneJob(store: TestStore) {
  await store.lead();
  await store.submit(['a']);
}

const NO_WRITES = ['Unavailable', 'Unavailable', 'Unavailable', 'resolved'];

describe('a Redis that does not take writes is unavailable, and says so before anything is stored', () => {
  test('READONLY: it is a replica', async () => {
    const { store, redis } = await start();
    await withOneJob(store);
    await redis.replicaof('127.0.0.1', 1);
    expect(await codes(store)).toEqual(NO_WRITES);
    await redis.replicaof('NO', 'ONE');
    expect(await store.controller.activeJobs()).toEqual(['Ja']);
  });

  test('OOM: its memory is full; who leads goes on to lead, and jobs are read', async () => {
    const { store, redis } = await start();
    await withOneJob(store);
    await redis.config('SET', 'maxmemory', '1');
    expect(await codes(store)).toEqual(['Unavailable', 'Unavailable', 'resolved', 'resolved']);
    await redis.config('SET', 'maxmemory', '0');
    expect(await store.controller.activeJobs()).toEqual(['Ja']);
    expect(await store.slots()).toBe(0);
  });

  test('NOREPLICAS: too few replicas are there', async () => {
    const { store, redis } = await start();
    await withOneJob(store);
    await redis.config('SET', 'min-replicas-to-write', '1');
    expect(await codes(store)).toEqual(NO_WRITES);
  });

  test('MASTERDOWN: it answers no reads either, in a transaction neither', async () => {
    const { store, redis } = await start('--replica-serve-stale-data', 'no');
    await withOneJob(store);
    await redis.replicaof('127.0.0.1', 1);
    expect(await codes(store)).toEqual(Array(4).fill('Unavailable'));
    expect(await codeOf(store.controller.loadJob('Ja', 0))).toBe('Unavailable');
    const error = await store.jobs.getJob('Ja').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: expect.stringContaining('MASTERDOWN') });
  });
});

describe('a Redis that is away', () => {
  test('is unavailable at once, and serves again by itself when it is back', async () => {
    const { server, store, redis } = await start();
    await withOneJob(store);
    await server.kill();
    await waitFor(() => redis.status !== 'ready', { what: 'the client to notice' });
    expect(await codes(store)).toEqual(Array(4).fill('Unavailable'));
    await server.start();
    await waitFor(() => redis.status === 'ready', { what: 'the client to be connected again' });
    expect(await codeOf(store.jobs.submitJob({ uid: 'J2', spec: SPEC, tasks: [] }))).toBe(
      'resolved',
    );
  });

  test('is unavailable to a call that was under way', async () => {
    const { server, store } = await start();
    process.kill(server.pid, 'SIGSTOP');
    const call = codeOf(store.jobs.getJob('Ja'));
    await server.kill();
    expect(await call).toBe('Unavailable');
  });

  test('forgets no script: a restarted Redis is told them again', async () => {
    const { store, redis } = await start();
    await withOneJob(store);
    await redis.script('FLUSH');
    const fence = await store.lead();
    expect(first(await store.claim(fence, 'Ja', 1)).index).toBe(0);
  });

  test('that wants a password is unavailable, not a bug', async () => {
    const { server } = await start();
    const admin = new Redis(server.socketPath);
    await admin.config('SET', 'requirepass', 'x');
    admin.disconnect();
    const redis = connectRedis({ kind: 'unix', path: server.socketPath }, silent);
    opened.push({ server, redis });
    await redis.connect().catch((error: unknown) => expect(error).toBeInstanceOf(Error));
    expect(await codeOf(new TestStore(redis, 'test:').jobs.getJob('Ja'))).toBe('Unavailable');
  });
});

test('a Redis that is gone without a word is reached again where its name leads now', async () => {
  const server = await lab.startRedis();
  const relay = await MuteRelay.to(server.socketPath);
  const target = { kind: 'url', url: relay.url } as const;
  const redis = connectRedis(target, silent, { commandTimeout: 200 });
  opened.push({ server, redis });
  await redis.connect();
  const store = new TestStore(redis, 'test:');
  await withOneJob(store);
  relay.mute();
  expect(await codes(store)).toEqual(Array(4).fill('Unavailable'));
  const again = async () => (await store.controller.activeJobs()).length === 1;
  await waitFor(again, { what: 'Redis to be reached again', timeoutMs: 20_000 });
  relay.close();
});
