import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../internal/clock/clock.ts';
import { connectRedis, type LogChunk, openLogs, openStores } from '../../internal/store/index.ts';
import { makeKeys } from '../../internal/store/keys.ts';
import { StreamHub } from '../../internal/store/stream-hub.ts';
import { injectLab } from '../lab/inject.ts';
import type { Redis as Server } from '../lab/redis.ts';
import { waitFor } from '../lab/wait.ts';
import { silent } from './harness.ts';

const lab = injectLab();
const UID = '01JGFJJZ000000000000000000';
const forever = new AbortController().signal;
const stop = new AbortController();
let server: Server;
let redis: ReturnType<typeof connectRedis>;
let blocking: ReturnType<typeof connectRedis>;
let waiting: Promise<void>;
let hub: StreamHub;
let number = 0;

beforeAll(async () => {
  server = await lab.startRedis();
  const target = { kind: 'unix', path: server.socketPath } as const;
  [redis, blocking] = [connectRedis(target, silent), connectRedis(target, silent)];
  await Promise.all([redis.connect(), blocking.connect()]);
  hub = new StreamHub({ blocking, redis, prefix: 'hub:', clock: systemClock, log: silent });
  waiting = hub.run(stop.signal);
});
afterAll(async () => {
  stop.abort();
  await waiting;
  for (const client of [redis, blocking]) client.disconnect();
  await server.stop();
});

/** The logs of a store of the test's own, as the API and the controller have them. */
function open() {
  const prefix = `logs${++number}:`;
  const { relay } = openStores(redis, systemClock, prefix);
  return { api: openLogs(redis, hub, prefix), relay, keys: makeKeys(prefix) };
}

function chunk(text: string | Buffer, more: Partial<LogChunk> = {}): LogChunk {
  return { attempt: 1, stream: 'stdout', offset: 0, data: Buffer.from(text), ...more };
}

describe('a relay of a log', () => {
  test('gives its entries in order, with their bytes as they were', async () => {
    const { api, relay } = open();
    const chunks = [
      chunk(Buffer.from([0, 255, 10, 13])),
      chunk('oops', { stream: 'stderr', offset: 7, attempt: 12 }),
    ];
    const last = await relay.appendLog(UID, 3, chunks);
    const entries = await api.readLog(UID, 3, '0');
    expect(entries.map((entry) => entry.chunk)).toEqual(chunks);
    expect(entries.at(-1)?.id).toBe(last);
    expect(await api.readLog(UID, 3, last)).toEqual([]);
    expect(await api.readLog(UID, 4, '0')).toEqual([]);
  });

  test('is read page by page, from where a reader has come to', async () => {
    const { api, relay } = open();
    const chunks = Array.from({ length: 100 }, (_, i) => chunk(`${i}`, { offset: i }));
    await relay.appendLog(UID, 0, chunks);
    const offsets: (number | undefined)[] = [];
    for (let after = '0'; ; ) {
      const page = await api.readLog(UID, 0, after);
      if (page.length === 0) break;
      offsets.push(...page.map((entry) => entry.chunk?.offset));
      after = page.at(-1)?.id ?? after;
    }
    expect(offsets).toEqual(chunks.map(({ offset }) => offset));
  });

  test('wakes its readers, also without a chunk', async () => {
    const { api, relay } = open();
    const first = api.awaitLog(UID, 0, '0', forever);
    const last = await relay.appendLog(UID, 0, [chunk('x')]);
    await first;
    const second = api.awaitLog(UID, 0, last, forever);
    await relay.wakeLogReaders(UID, 0);
    await second;
    expect(await api.readLog(UID, 0, last)).toEqual([{ id: expect.any(String) }]);
  });

  test('is trimmed, and expires by itself', async () => {
    const { api, relay, keys } = open();
    await relay.appendLog(UID, 0, [chunk('old')]);
    const kept = await relay.appendLog(UID, 0, [chunk('new', { offset: 3 })]);
    await relay.trimLog(UID, 0, kept);
    expect((await api.readLog(UID, 0, '0')).map(({ id }) => id)).toEqual([kept]);
    expect(await redis.ttl(keys.log(UID, 0))).toBeGreaterThan(50);
  });

  test('is kept as long as somebody wants it', async () => {
    const { api, relay, keys } = open();
    await relay.appendLog(UID, 0, [chunk('x')]);
    await redis.pexpire(keys.log(UID, 0), 2000);
    await api.wantLog(UID, 0);
    expect(await redis.ttl(keys.log(UID, 0))).toBeGreaterThan(50);
  });
});

describe('a want', () => {
  test('is seen by the controller, once however often it is repeated', async () => {
    const { api, relay } = open();
    expect(await relay.wantedLogs()).toEqual([]);
    await api.wantLog(UID, 0);
    await api.wantLog(UID, 0);
    await api.wantLog(UID, 12);
    expect(await relay.wantedLogs()).toEqual([
      { uid: UID, index: 0 },
      { uid: UID, index: 12 },
    ]);
  });

  test('that was not repeated is over, and is not kept', async () => {
    const { api, relay, keys } = open();
    await api.wantLog(UID, 0);
    await api.wantLog(UID, 1);
    await redis.zadd(keys.logWants, 1, `${UID}/0`);
    expect(await relay.wantedLogs()).toEqual([{ uid: UID, index: 1 }]);
    expect(await redis.zcard(keys.logWants)).toBe(1);
    expect(await redis.ttl(keys.logWants)).toBeGreaterThan(0);
  });
});

describe('who asks for a log as it is', () => {
  const summary = {
    stdout: { bytes: 9, truncated: true },
    stderr: { bytes: 1, truncated: false },
    log: { state: 'truncated' },
  } as const;
  const output = { summary, stdout: Buffer.from([255, 0, 1]), stderr: Buffer.from('e') };

  test('gets the answer of the controller, and nothing of it is left', async () => {
    const { api, relay, keys } = open();
    const asked = api.askLog(UID, 5, forever);
    const want = await waitFor(async () => (await relay.wantedLogs())[0], { what: 'the want' });
    expect(want).toEqual({ uid: UID, index: 5, ask: expect.any(String) });
    await relay.answerLog(want, { attempt: 2, output });
    expect(await asked).toEqual({ attempt: 2, output });
    expect(await relay.wantedLogs()).toEqual([]);
    expect(await redis.exists(keys.logAnswer(want.ask ?? ''))).toBe(0);
  });

  test('is told why there is none', async () => {
    const { api, relay } = open();
    const asked = api.askLog(UID, 5, forever);
    const want = await waitFor(async () => (await relay.wantedLogs())[0], { what: 'the want' });
    await relay.answerLog(want, { unknown: 'not started' });
    expect(await asked).toEqual({ unknown: 'not started' });
  });

  test('gets nothing when no controller answers, and wants nothing any more', async () => {
    const { api, relay } = open();
    const late = new AbortController();
    const asked = api.askLog(UID, 5, late.signal);
    await waitFor(async () => (await relay.wantedLogs())[0], { what: 'the want' });
    late.abort();
    expect(await asked).toBeUndefined();
    expect(await relay.wantedLogs()).toEqual([]);
  });
});

describe('a task', () => {
  test('is found by its name', async () => {
    const { api, keys } = open();
    await redis.hset(keys.job(UID).job, 'total', 2);
    // The third is being added.
    await redis.hset(keys.job(UID).names, { one: 0, two: 1, three: 2 });
    expect(await api.findTask(UID, 'two')).toBe(1);
    expect(await api.findTask(UID, 'three')).toBeUndefined();
  });
});
