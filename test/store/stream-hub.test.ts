import { setMaxListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../internal/clock/clock.ts';
import { connectRedis, openStores } from '../../internal/store/index.ts';
import { StreamHub } from '../../internal/store/stream-hub.ts';
import { injectLab } from '../lab/inject.ts';
import { waitFor } from '../lab/wait.ts';
import { silent } from './harness.ts';

const lab = injectLab();
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Never aborts. */
const forever = new AbortController().signal;
setMaxListeners(0, forever);

/** A hub on a Redis of the test's own, and who looks on. */
async function start() {
  const server = await lab.startRedis();
  const target = { kind: 'unix', path: server.socketPath } as const;
  const [redis, blocking] = [connectRedis(target, silent), connectRedis(target, silent)];
  await Promise.all([redis.connect(), blocking.connect()]);
  // As in a server: the transitions have names of commands.
  openStores(redis, systemClock);
  const hub = new StreamHub({ blocking, redis, prefix: 'p:', clock: systemClock, log: silent });
  const stop = new AbortController();
  const running = hub.run(stop.signal);
  const admin = new Redis(server.socketPath);
  ends.push(() => server.stop());
  ends.push(async () => {
    stop.abort();
    await running;
    for (const client of [redis, blocking, admin]) client.disconnect();
  });
  return { server, hub, redis, blocking, admin, stop, running };
}

/** Awaits that a client of Redis blocks. */
async function blocked(admin: Redis, clients = 1): Promise<void> {
  const look = async () => (await admin.info('clients')).includes(`blocked_clients:${clients}\r`);
  await waitFor(look, { what: `${clients} blocked clients`, intervalMs: 2 });
}

/** Commands of a kind that Redis has carried out so far. */
async function calls(admin: Redis, command: string): Promise<number> {
  const stats = await admin.info('commandstats');
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
}

/** Whether a promise is settled by now. */
async function isOver(promise: Promise<void>): Promise<boolean> {
  let over = false;
  promise.then(() => {
    over = true;
  });
  await setImmediate();
  return over;
}

describe('a hub of streams', () => {
  test('lets a waiter go at once where there is an entry already', async () => {
    const { hub, redis } = await start();
    const id = await redis.xadd('s', '*', 'k', 'v');
    await hub.waitFor('s', '0', forever);
    await redis.xadd('s', '*', 'k', 'v');
    await hub.waitFor('s', id ?? '', forever);
  });

  test('wakes a waiter when an entry comes, of a stream that did not exist too', async () => {
    const { hub, redis, admin } = await start();
    const waiting = hub.waitFor('s', '0', forever);
    await blocked(admin);
    expect(await isOver(waiting)).toBe(false);
    await redis.xadd('s', '*', 'k', 'v');
    await waiting;
  });

  test('takes a waiter in while it blocks on others', async () => {
    const { hub, redis, admin } = await start();
    const first = hub.waitFor('s', '0', forever);
    await blocked(admin);
    await redis.xadd('t', '*', 'k', 'v');
    await hub.waitFor('t', '0', forever);
    expect(await isOver(first)).toBe(false);
    await redis.xadd('s', '*', 'k', 'v');
    await first;
  });

  test('loses no waiter, whenever it comes', async () => {
    const { hub, redis } = await start();
    for (let round = 0; round < 300; round++) {
      const key = `s${round % 7}`;
      const [last] = await redis.xrevrange(key, '+', '-', 'COUNT', 1);
      const waiters = [1, 2, 3].map(() => hub.waitFor(key, last?.[0] ?? '0', forever));
      if (round % 3 === 0) await setImmediate();
      await redis.xadd(key, '*', 'k', 'v');
      await Promise.all(waiters);
    }
  }, 30_000);

  test('wakes those whose entry has come, and not those who wait for a later one', async () => {
    const { hub, redis, admin } = await start();
    const early = hub.waitFor('s', '0', forever);
    const late = hub.waitFor('s', '5-0', forever);
    await blocked(admin);
    await redis.xadd('s', '5-0', 'k', 'v');
    await early;
    await blocked(admin);
    expect(await isOver(late)).toBe(false);
    await redis.xadd('s', '5-1', 'k', 'v');
    await late;
  });

  test('serves many waiters with one connection', async () => {
    const { hub, redis, admin } = await start();
    const waiters = Array.from({ length: 500 }, (_, i) => hub.waitFor(`s${i}`, '0', forever));
    await blocked(admin);
    expect(await calls(admin, 'xread')).toBeLessThan(5);
    await Promise.all(waiters.map((_, i) => redis.xadd(`s${i}`, '*', 'k', 'v')));
    await Promise.all(waiters);
  });

  test('lets a waiter go whose signal aborts', async () => {
    const { hub, admin } = await start();
    const gone = new AbortController();
    const waiting = hub.waitFor('s', '0', gone.signal);
    await blocked(admin);
    gone.abort();
    await waiting;
    await hub.waitFor('s', '0', gone.signal);
  });

  test('asks nothing while nobody waits', async () => {
    const { hub, redis, admin } = await start();
    await redis.xadd('s', '*', 'k', 'v');
    await hub.waitFor('s', '0', forever);
    await blocked(admin, 0);
    const before = await calls(admin, 'xread');
    await admin.ping();
    expect(await calls(admin, 'xread')).toBe(before);
  });

  test('leaves no key behind for ever', async () => {
    const { hub, redis, admin } = await start();
    const waiting = hub.waitFor('s', '0', forever);
    await blocked(admin);
    const other = hub.waitFor('t', '0', forever);
    await redis.xadd('t', '*', 'k', 'v');
    await other;
    const [bell = ''] = await admin.keys('p:bell:*');
    expect(await admin.ttl(bell)).toBeGreaterThan(0);
    await redis.xadd('s', '*', 'k', 'v');
    await waiting;
  });

  test('keeps its waiters while Redis is away, and goes on when it is back', async () => {
    const { server, hub, redis, blocking, admin } = await start();
    const waiting = hub.waitFor('s', '0', forever);
    await blocked(admin);
    await server.kill();
    await waitFor(() => redis.status !== 'ready', { what: 'the client to notice' });
    const during = hub.waitFor('t', '0', forever);
    await server.start();
    await ready([redis, blocking]);
    await Promise.all([redis.xadd('s', '*', 'k', 'v'), redis.xadd('t', '*', 'k', 'v')]);
    await Promise.all([waiting, during]);
  });

  test('stops at once, though a read is under way', async () => {
    const { hub, admin, stop, running } = await start();
    const left = new AbortController();
    const waiting = hub.waitFor('s', '0', left.signal);
    await blocked(admin);
    stop.abort();
    await running;
    left.abort();
    await waiting;
  });
});

async function ready(clients: Redis[]): Promise<void> {
  await waitFor(() => clients.every(({ status }) => status === 'ready'), {
    what: 'the clients to be connected again',
  });
}
