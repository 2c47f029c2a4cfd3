import { Redis as Client } from 'ioredis';
import { ulid } from 'ulid';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connectRedis, openStores, SCHEMA, SchemaError } from '../../internal/store/index.ts';
import { injectLab } from '../lab/inject.ts';
import type { Redis as Server } from '../lab/redis.ts';
import { waitFor } from '../lab/wait.ts';
import { Swarmer } from '../support/swarmer.ts';
import { codeOf, silent, TestStore } from './harness.ts';

const lab = injectLab();
let server: Server;
let client: Client;

beforeAll(async () => {
  server = await lab.startRedis();
  client = new Client(server.socketPath);
});

afterEach(async () => {
  await client.flushall();
});

afterAll(async () => {
  client.disconnect();
  await server.stop();
});

async function connected(): Promise<TestStore> {
  const redis = connectRedis({ kind: 'unix', path: server.socketPath }, silent);
  await redis.connect();
  return new TestStore(redis, 'swarmer:');
}

const schemaOf = ({ redis, clock, prefix }: TestStore) => openStores(redis, clock, prefix).schema;
const noted = () => client.hget('swarmer:meta', 'schema');

/** A store as the first version left it: jobs without names, in no list, and no schema. */
async function firstVersion(jobs: number): Promise<string[]> {
  const uids = Array.from({ length: jobs }, () => ulid());
  const spec = JSON.stringify({ image: 'x', backoffLimit: 0, lossLimit: 1, outputLimitBytes: 9 });
  const status = { created: 1, phase: 'Complete', total: 1, cursor: 1, succeeded: 1, failed: 0 };
  const writes = client.pipeline().hset('swarmer:meta', 'storeId', ulid());
  for (const uid of uids) {
    writes.hset(`swarmer:job:${uid}`, { spec, ...status, finished: 2 });
    writes.hset(`swarmer:job:${uid}:tasks`, '0', JSON.stringify({ n: 'a', a: [] }));
  }
  await writes.exec();
  return uids.sort();
}

async function listed(store: TestStore): Promise<string[]> {
  const { catalog } = openStores(store.redis, store.clock, store.prefix);
  const { jobs } = await catalog.listJobs({ namespace: 'default', after: '', limit: 10_000 });
  return jobs.map(({ metadata }) => metadata.uid);
}

/** Every key but the lease, with what it holds, in whatever order that is stored. */
async function contents(): Promise<Record<string, string[]>> {
  const keys = (await client.keys('*')).filter((key) => !key.endsWith(':lease'));
  const held = await Promise.all(keys.map(async (key) => [key, await heldBy(key)] as const));
  return Object.fromEntries(held);
}

async function heldBy(key: string): Promise<string[]> {
  switch (await client.type(key)) {
    case 'hash':
      return Object.entries(await client.hgetall(key))
        .flat()
        .sort();
    case 'zset':
      return client.zrange(key, 0, -1, 'WITHSCORES');
    default:
      return [(await client.get(key)) ?? ''];
  }
}

describe('the schema of a store', () => {
  test('is noted in a new one, and is the first where none is noted', async () => {
    const store = await connected();
    expect(await schemaOf(store).check()).toBe(SCHEMA);
    expect(await noted()).toBe(String(SCHEMA));
    await client.flushall();
    await firstVersion(1);
    expect(await schemaOf(store).check()).toBe(1);
    expect(await noted()).toBeNull();
    store.redis.disconnect();
  });

  test('that a newer version made is refused, as is one whose restore was broken off', async () => {
    const store = await connected();
    await client.hset('swarmer:meta', 'schema', SCHEMA + 1);
    await expect(schemaOf(store).check()).rejects.toThrow(SchemaError);
    await client.hset('swarmer:meta', { schema: SCHEMA, restoring: '2026-01-01T00:00:00Z' });
    await expect(schemaOf(store).check()).rejects.toThrow(/begun at 2026-01-01.* is not finished/);
    store.redis.disconnect();
  });
});

describe('a migration', () => {
  test('broken off after any of its calls, it is gone on with, and run again it changes nothing', async () => {
    const uids = await firstVersion(3);
    const calls = ['stamp', 'scan', ...uids, 'note'].length;
    for (let allowed = 0; allowed < calls; allowed++) {
      const store = await connected();
      const fence = await store.lead();
      cutAfter(store, allowed);
      expect(await codeOf(schemaOf(store).migrate(fence, () => {}))).toBe('Unavailable');
      expect(await noted()).toBeNull();
    }
    const store = await connected();
    const steps: number[] = [];
    await schemaOf(store).migrate(await store.lead(), (schema) => steps.push(schema));
    expect(steps).toEqual([2]);
    expect(await listed(store)).toEqual(uids);
    const { catalog } = openStores(store.redis, store.clock, store.prefix);
    const [first = ''] = uids;
    expect(await catalog.findJob('default', first.toLowerCase())).toBe(first);
    const before = await contents();
    await client.hdel('swarmer:meta', 'schema');
    await schemaOf(store).migrate(await store.lead(), () => {});
    expect(await contents()).toEqual(before);
    store.redis.disconnect();
  });

  test('is refused to a controller that does not lead any more', async () => {
    const uids = await firstVersion(1);
    const store = await connected();
    const old = await store.lead('old');
    await store.lead('new');
    expect(await codeOf(schemaOf(store).migrate(old, () => {}))).toBe('Fenced');
    expect(await client.hget(`swarmer:job:${uids[0]}`, 'meta')).toBeNull();
    store.redis.disconnect();
  });

  /** Breaks the connection in place of the call after so many. */
  function cutAfter({ redis }: TestStore, allowed: number): void {
    let calls = 0;
    const send = redis.sendCommand.bind(redis);
    redis.sendCommand = (...args) => {
      if (calls++ === allowed) redis.disconnect();
      return send(...args);
    };
  }
});

describe('a server', () => {
  const env = () => ({
    SWARMER_INSTANCE: 'schema',
    REDIS_URL: `redis+unix://${server.socketPath}`,
  });

  test('that is killed in the middle of a migration leaves it to the next, which ends it', async () => {
    const uids = await firstVersion(1500);
    const controller = new Swarmer(lab, { role: 'controller', env: env() });
    await controller.start();
    const named = () => client.zcard('swarmer:jobs:all');
    await waitFor(async () => (await named()) > 0, { what: 'the migration', intervalMs: 1 });
    await client.client('PAUSE', 60_000, 'WRITE');
    await controller.end('SIGKILL');
    expect(await noted()).toBeNull();
    expect(await named()).toBeLessThan(uids.length);
    await client.client('UNPAUSE');
    await controller.start();
    await controller.logged('the store was migrated');
    expect(await noted()).toBe(String(SCHEMA));
    const store = await connected();
    expect(await listed(store)).toEqual(uids);
    store.redis.disconnect();
    await client.hset('swarmer:meta', 'schema', SCHEMA + 1);
    const api = new Swarmer(lab, { role: 'api', env: env() });
    await expect(api.start()).rejects.toThrow(
      /swarmer: The store has schema \d, which a newer Swarmer made; this one knows schemas up to/,
    );
    await waitFor(() => !controller.running, { what: 'the older controller to end' });
    expect(controller.lastLines()).toContain('which a newer Swarmer made');
  });
});
