import type { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FakeClock } from '../../internal/clock/fake-clock.ts';
import { connectRedis, openStores, RedisWatch } from '../../internal/store/index.ts';
import { injectLab } from '../lab/inject.ts';
import type { Redis as Server } from '../lab/redis.ts';
import { SPEC, silent } from './harness.ts';

const lab = injectLab();
let server: Server;
let redis: Redis;

beforeAll(async () => {
  server = await lab.startRedis();
  redis = connectRedis({ kind: 'unix', path: server.socketPath }, silent);
  await redis.connect();
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

beforeEach(async () => {
  await redis.config('SET', 'maxmemory', '0', 'maxmemory-policy', 'noeviction');
});

/** A watch with what it logs, and the stores behind it. */
function watching() {
  const clock = new FakeClock();
  const lines: { level: number; msg: string; reason?: string }[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const watch = new RedisWatch({ redis, clock, log });
  const { jobs } = openStores(redis, clock, `watch-${Math.random()}:`, { admission: watch });
  let submitted = 0;
  const submit = () => jobs.submitJob({ uid: `J${submitted++}`, spec: SPEC, tasks: [] });
  return { watch, clock, lines, jobs, submit };
}

/** Sets the limit so that this share of it is used. */
async function useShare(share: number): Promise<void> {
  const [, used = '0'] = /used_memory:(\d+)/.exec(await redis.info('memory')) ?? [];
  await redis.config('SET', 'maxmemory', String(Math.floor(Number(used) / share)));
}

describe('a Redis that throws jobs away when it is full', () => {
  test('is not started with, and the sentence says what to set', async () => {
    await redis.config('SET', 'maxmemory', '1gb', 'maxmemory-policy', 'allkeys-lru');
    const { watch } = watching();
    await expect(watch.start()).rejects.toThrow('set "maxmemory-policy noeviction"');
  });

  test('takes nothing new when it becomes so while a server runs, until it is mended', async () => {
    const { watch, clock, lines, submit } = watching();
    await watch.start();
    const over = new AbortController();
    const running = watch.run(over.signal);
    const minute = async () => {
      clock.advance(61_000);
      await expect.poll(() => redis.info('stats')).toBeDefined();
      await new Promise((resolve) => setImmediate(resolve));
    };
    await redis.config('SET', 'maxmemory', '1gb', 'maxmemory-policy', 'allkeys-lru');
    await expect
      .poll(async () => {
        await minute();
        return watch.unfit;
      })
      .toContain('allkeys-lru');
    await expect(submit()).rejects.toMatchObject({
      code: 'Unavailable',
      details: [watch.unfit],
    });
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    await expect
      .poll(async () => {
        await minute();
        return watch.unfit;
      })
      .toBeUndefined();
    await submit();
    over.abort();
    clock.advance(61_000);
    await running;
    expect(lines.map(({ msg }) => msg)).toContain('nothing new is taken into Redis');
    expect(lines.at(-1)?.msg).toBe('Redis is as it should be again');
  });

  test('is warned of once while it has no limit, and started with', async () => {
    await redis.config('SET', 'maxmemory-policy', 'volatile-ttl');
    const { watch, lines, submit } = watching();
    await watch.start();
    await submit();
    expect(lines).toMatchObject([{ level: 40, reason: expect.stringContaining('volatile-ttl') }]);
  });
});

describe('from 85 % of its memory on', () => {
  test('no job, no task and no retry is taken, with the reason; what there is goes on', async () => {
    const { watch, clock, jobs, submit } = watching();
    await watch.start();
    const uid = await submit();
    await useShare(0.9);
    // Known from the next look on; while there was no limit, nothing had to be looked at.
    await watch.start();
    const refused = {
      code: 'Unavailable',
      details: [expect.stringMatching(/^Redis uses 8\d|9\d %/)],
    };
    await expect(submit()).rejects.toMatchObject(refused);
    await expect(jobs.addTasks(uid, [{ name: 'a', args: [] }])).rejects.toMatchObject(refused);
    await expect(jobs.retryFailed(uid)).rejects.toMatchObject(refused);
    await jobs.cancelJob(uid);
    await useShare(0.5);
    clock.advance(1000);
    await submit();
  });

  test('it is told once, and once it has room again', async () => {
    const { watch, clock, lines, submit } = watching();
    await useShare(0.9);
    await watch.start();
    for (let n = 0; n < 5; n += 1) {
      clock.advance(1000);
      await expect(submit()).rejects.toThrow('of its memory');
    }
    await useShare(0.5);
    clock.advance(1000);
    await submit();
    expect(lines.map(({ msg }) => msg)).toEqual([
      'nothing new is taken into Redis',
      'Redis is as it should be again',
    ]);
  });
});

test('Redis says in its own words why it refuses a write', async () => {
  const { jobs, submit } = watching();
  const uid = await submit();
  await redis.config('SET', 'maxmemory', '1');
  await expect(jobs.addTasks(uid, [{ name: 'a', args: [] }])).rejects.toMatchObject({
    code: 'Unavailable',
    details: [expect.stringMatching(/^Redis says: OOM command not allowed [^:]*$/)],
  });
});
