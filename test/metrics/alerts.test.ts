import { readFileSync } from 'node:fs';
import { Redis as Client } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { startDockerd, stopDockerd } from '../lab/dockerd.ts';
import { freePort } from '../lab/free-port.ts';
import { injectLab } from '../lab/inject.ts';
import { type Prometheus, startPrometheus } from '../lab/prometheus.ts';
import type { Redis } from '../lab/redis.ts';
import { waitFor } from '../lab/wait.ts';
import { Receiver } from '../support/receiver.ts';
import { Swarmer } from '../support/swarmer.ts';
import { RULES_FILE } from './manifests.ts';

const lab = injectLab();
const image = await lab.ensureImage('busybox');

/** A minute of the rules lasts a second here. */
const FASTER = 60;
const INTERVAL_MS = 500;
/** What fires alone for so many looks at the rules is joined by none whose `for` is 5 minutes. */
const LOOKS = 12;
/** Room for two addresses, of which the gateway has one. */
const SMALL_NETWORK = { Name: 'alerts-small', Subnet: '10.199.7.0/30' };

/** The rules, with a second for each minute. */
function fasterRules(): unknown {
  const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };
  const faster = (_all: string, count: string, unit: string) =>
    `${(1000 * Number(count) * (units[unit] ?? 0)) / FASTER}ms`;
  const { groups } = parse(readFileSync(RULES_FILE, 'utf8')) as {
    groups: { rules: { expr: string; for?: string }[] }[];
  };
  for (const rule of groups.flatMap(({ rules }) => rules)) {
    rule.expr = rule.expr
      .replace(/(?<=\[|offset )(\d+)([smhd])\b/g, faster)
      .replace(/(\d+) \* 60\b/, '$1');
    if (rule.for !== undefined) rule.for = rule.for.replace(/^(\d+)([smhd])$/, faster);
  }
  return { groups };
}

/** An installation of its own, and a Prometheus that watches it. */
interface Site {
  redis: Redis;
  processes: Swarmer[];
  prometheus: Prometheus;
}

async function startSite(
  name: string,
  roles: readonly ('serve' | 'api' | 'controller')[],
): Promise<Site> {
  const redis = await lab.startRedis({ appendfsync: 'always', args: ['--maxmemory', '64mb'] });
  const ports = await Promise.all(roles.map(() => freePort()));
  const processes = await Promise.all(
    roles.map((role, i) =>
      new Swarmer(lab, {
        role,
        env: {
          REDIS_URL: `redis+unix://${redis.socketPath}`,
          SWARMER_INSTANCE: name,
          SWARMER_MAX_CONCURRENT_TASKS: '4',
          SWARMER_METRICS_PORT: String(ports[i]),
        },
      }).start(),
    ),
  );
  const prometheus = await startPrometheus({
    dir: lab.dir,
    targets: ports.map((port) => `127.0.0.1:${port}`),
    rules: fasterRules(),
    intervalMs: INTERVAL_MS,
  });
  return { redis, processes, prometheus };
}

async function endSite({ redis, processes, prometheus }: Site): Promise<void> {
  await prometheus.stop();
  await Promise.all(processes.map((it) => it.end()));
  await redis.stop();
}

/** Awaits an alert, and that it has fired for a while. @returns all that fire then. */
async function firedFor({ prometheus }: Site, alert: string, looks = LOOKS, timeoutMs = 40_000) {
  const count = `count_over_time(ALERTS{alertname="${alert}",alertstate="firing"}[5m])`;
  const had = (await prometheus.value(count)) ?? 0;
  const firesOn = async () => ((await prometheus.value(count)) ?? 0) >= had + looks;
  await waitFor(firesOn, { what: `${alert} to fire for a while`, timeoutMs, intervalMs: 100 });
  return prometheus.firing();
}

const nothingFires = ({ prometheus }: Site) =>
  waitFor(async () => Object.keys(await prometheus.firing()).length === 0, {
    ...{ what: 'no alert to fire', timeoutMs: 75_000, intervalMs: 100 },
  });

const tasks = (count: number, ...args: string[]) =>
  Array.from({ length: count }, (_, i) => ({ name: `t${i}`, args }));

const submission = () =>
  api.post('/v1/jobs', {
    ...{ apiVersion: 'swarmer/v1', kind: 'Job' },
    spec: { image, tasks: tasks(1, 'true') },
  });

let site: Site;
let failing: Site;
let api: Swarmer;
let controller: Swarmer;
let receiver: Receiver;
let probing: NodeJS.Timeout;
/** What fired of {@link failing}: once its callback was given up, and once that was delivered. */
let letters: Promise<{ dead: object; delivered: object }>;

async function giveUpACallback({ processes: [server], prometheus }: Site) {
  if (server === undefined) throw new Error('it has one process');
  receiver.status = 410;
  const callback = { url: receiver.url('/dead') };
  const id = await server.create({
    ...{ image, callback, backoffLimit: 0 },
    tasks: tasks(1, 'false'),
  });
  const dead = await firedFor(failing, 'SwarmerDeadLetters', 10);
  receiver.status = 200;
  const redelivered = await server.post(`/v1/jobs/${id}/redeliver`, {});
  expect(redelivered.ok, await redelivered.text()).toBe(true);
  await nothingFires(failing);
  return { dead, delivered: await prometheus.firing() };
}

beforeAll(async () => {
  receiver = await Receiver.start();
  const { Name, Subnet } = SMALL_NETWORK;
  const IPAM = { Driver: 'default', Config: [{ Subnet }] };
  await lab.docker.createNetwork({ Name, Driver: 'overlay', IPAM });
  [site, failing] = await Promise.all([
    startSite('alerts', ['api', 'controller']),
    startSite('alerts-failing', ['serve']),
  ]);
  const [first, second] = site.processes;
  if (first === undefined || second === undefined) throw new Error('two processes were started');
  [api, controller] = [first, second];
  // As a load balancer does.
  probing = setInterval(() => {
    for (const it of [api, ...failing.processes]) void it.request('/readyz').catch(() => {});
  }, 200);
  const retryBackoff = { baseMs: 2000, maxMs: 2000 };
  const again = { backoffLimit: 1000, retryBackoff };
  await failing.processes[0]?.create({ image, ...again, tasks: tasks(1, 'false') });
  letters = giveUpACallback(failing);
  letters.catch(() => {});
});

afterAll(async () => {
  clearInterval(probing);
  await Promise.all([site, failing].map(endSite));
  await receiver.stop();
  const remove = async () => {
    await lab.docker.getNetwork(SMALL_NETWORK.Name).remove();
    return true;
  };
  await waitFor(remove, { what: 'the network to be of no more use' });
});

describe('Prometheus', () => {
  test('tells nothing of a server that runs jobs', async () => {
    const id = await api.create({ image, tasks: tasks(3, 'true') });
    expect((await api.finished(id)).__phase).toBe('Complete');
    const looked = async () => {
      const looks = await site.prometheus.value('count_over_time(up{instance=~".+"}[5m])');
      return (looks ?? 0) > LOOKS;
    };
    await waitFor(looked, { what: 'some looks at the rules', timeoutMs: 20_000 });
    expect(await site.prometheus.firing()).toEqual({});
  });

  test('tells that the only API is gone', async () => {
    await api.end('SIGKILL');
    expect(await firedFor(site, 'SwarmerNoApi')).toEqual({
      SwarmerNoApi: 'No API of Swarmer answers',
    });
    await api.start();
    await nothingFires(site);
  });

  test('tells that the only controller is gone', async () => {
    await controller.end('SIGKILL');
    expect(await firedFor(site, 'SwarmerNoLeader')).toEqual({
      SwarmerNoLeader: 'No controller of Swarmer leads',
    });
    await controller.start();
    await nothingFires(site);
  });

  test('tells that Redis is away, once for all processes', async () => {
    await site.redis.kill();
    expect((await submission()).status).toBe(503);
    expect(await firedFor(site, 'SwarmerRedisAway')).toEqual({
      SwarmerRedisAway: 'Processes of Swarmer without a connection to Redis: 2',
    });
    await site.redis.start();
    await nothingFires(site);
  });

  test('tells that Redis is full, and not that the API refuses jobs', async () => {
    const client = new Client(site.redis.socketPath);
    // So much that what Redis takes and gives back beside it, as after its start, makes no difference.
    await client.set('filler', 'x'.repeat(20 * 1024 * 1024));
    const used = /^used_memory:(\d+)/m.exec(await client.info('memory'))?.[1];
    await client.config('SET', 'maxmemory', Math.round(Number(used) * 1.05));
    expect((await submission()).status).toBe(503);
    const firing = await firedFor(site, 'SwarmerRedisFull', 10);
    await client.config('SET', 'maxmemory', 64 * 1024 * 1024);
    await client.del('filler');
    expect(firing).toEqual({
      SwarmerRedisFull: expect.stringMatching(
        /^No new jobs are taken: Redis uses 9\d(\.\d+)?% of its memory$/,
      ),
    });
    client.disconnect();
    expect((await submission()).status).toBe(201);
    await nothingFires(site);
  });

  test('tells of slots that are held by tasks which never start', async () => {
    const id = await api.create({
      ...{ image, networks: [SMALL_NETWORK.Name] },
      tasks: tasks(8, 'sleep', '600'),
    });
    const firing = await firedFor(site, 'SwarmerSlotsHeld', 4);
    expect((await api.request(`/v1/jobs/${id}`, { method: 'DELETE' })).ok).toBe(true);
    expect(firing).toEqual({
      SwarmerSlotsHeld: expect.stringMatching(
        /^Half of the slots or more have been held for \d+\.?\d*s by tasks that do not start$/,
      ),
    });
    await nothingFires(site);
  });

  test('tells of a callback that was given up, until it is delivered', async () => {
    const { dead, delivered } = await letters;
    expect(dead).toEqual({ SwarmerDeadLetters: 'Callbacks that were given up: 1' });
    expect(delivered).toEqual({});
  });

  test('tells that every attempt fails', async () => {
    expect(await firedFor(failing, 'SwarmerAttemptsFail', 2, 80_000)).toEqual({
      SwarmerAttemptsFail: expect.stringMatching(
        /^All of \d+\.?\d* attempts within an hour have failed$/,
      ),
    });
  });

  test('tells that the engine is away, and nothing of probes that answer 503', async () => {
    await api.create({ image, tasks: tasks(3, 'sleep', '1') });
    const [both] = failing.processes;
    await stopDockerd(lab.manager, 'SIGKILL');
    try {
      expect((await both?.request('/readyz'))?.status).toBe(503);
      const words = 'The Docker Engine of the controller does not answer, or can do nothing';
      const alone = { SwarmerEngineAway: words };
      expect(await firedFor(site, 'SwarmerEngineAway')).toEqual(alone);
      expect(await failing.prometheus.firing()).toEqual(alone);
    } finally {
      await startDockerd(lab.manager);
    }
    await nothingFires(site);
  });
});
