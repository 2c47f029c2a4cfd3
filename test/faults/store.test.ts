import { Redis as Client } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import type { Redis } from '../lab/redis.ts';
import { waitFor } from '../lab/wait.ts';
import { Receiver } from '../support/receiver.ts';
import { Swarmer } from '../support/swarmer.ts';

/** Faults of Redis and of leaders. Row numbers are those of the fault list. */
const lab = injectLab();
const image = await lab.ensureImage('busybox');
let redis: Redis;
let api: Swarmer;
let one: Swarmer;
let two: Swarmer;
let receiver: Receiver;

beforeAll(async () => {
  redis = await lab.startRedis({ appendfsync: 'always' });
  receiver = await Receiver.start();
  const env = { SWARMER_INSTANCE: 'faults', REDIS_URL: `redis+unix://${redis.socketPath}` };
  [api, one, two] = await Promise.all([
    new Swarmer(lab, { role: 'api', env }).start(),
    new Swarmer(lab, { role: 'controller', env }).start(),
    new Swarmer(lab, { role: 'controller', env }).start(),
  ]);
});

afterAll(async () => {
  await Promise.all([api.end(), one.end(), two.end()]);
  await receiver.stop();
  await redis.stop();
});

const script = (text: string) => ['sh', '-c', text];

function job(scripts: string[], policies: object = {}) {
  const tasks = scripts.map((text, i) => ({ name: `t${i}`, args: script(text) }));
  return { image, tasks, backoffLimit: 0, ...policies };
}

const leads = (swarmer: Swarmer) => {
  const turns = swarmer
    .logLines()
    .filter(({ msg }) => msg === 'leading' || msg === 'no longer leading');
  return turns.at(-1)?.['msg'] === 'leading';
};

async function leader(): Promise<[leader: Swarmer, other: Swarmer]> {
  const found = await waitFor(() => [one, two].find(leads), { what: 'a leader' });
  return found === one ? [one, two] : [two, one];
}

describe('row 8: the leader is paused beyond its lease', () => {
  test('another takes over; on its return its writes are refused and it steps down', async () => {
    const [paused, other] = await leader();
    const path = '/paused';
    const scripts = Array.from({ length: 12 }, (_, i) => `sleep 1; echo ${i}; exit ${i % 2}`);
    const id = await api.create(job(scripts, { callback: { url: receiver.url(path) } }));
    await waitFor(async () => (await api.services(id)).length > 3, { what: 'tasks to run' });
    paused.signal('SIGSTOP');
    await waitFor(() => leads(other), { what: 'the other to lead', timeoutMs: 20_000 });
    const { body } = await receiver.delivery(path);
    paused.signal('SIGCONT');
    await waitFor(() => !leads(paused), { what: 'the paused leader to step down' });
    expect(body.tasks.map(({ status, result }) => [status, result.stdout])).toEqual(
      scripts.map((_, i) => [i % 2, `${i}\n`]),
    );
    await waitFor(async () => (await api.services(id)).length === 0, { what: 'no service' });
    expect(receiver.at(path)).toHaveLength(1);
  });
});

describe('row 45: a leader is stopped', () => {
  test('it hands over at once: the other leads before the lease could run out', async () => {
    const [stopped, other] = await leader();
    const turns = () => other.logLines().filter(({ msg }) => msg === 'leading').length;
    const before = turns();
    expect(await stopped.end('SIGTERM')).toBe(0);
    await waitFor(() => turns() > before, { what: 'the other to lead' });
    const time = (swarmer: Swarmer, msg: string) =>
      Date.parse(String(swarmer.logLines().findLast((line) => line['msg'] === msg)?.['time']));
    const tookMs = time(other, 'leading') - time(stopped, 'no longer leading');
    expect(tookMs).toBeLessThan(500);
    await stopped.start();
  });
});

describe('row 11: Redis is away for a while', () => {
  test('the API answers 503 with Retry-After, tasks run on, and nothing is lost', async () => {
    const path = '/away';
    const scripts = ['sleep 2; echo a', 'sleep 2; exit 3'];
    const id = await api.create(job(scripts, { callback: { url: receiver.url(path) } }));
    await waitFor(async () => (await api.services(id)).length === 2, { what: 'the services' });
    await redis.kill();
    const refused = await api.post('/submit', { image_name: image, callback_url: null });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    const ready = await api.request('/readyz');
    expect(await ready.json()).toMatchObject({ checks: [{ name: 'redis', ok: false }] });
    const containers = async () =>
      lab.docker.listContainers({ filters: { label: [`swarmer.job=${id}`] } });
    await waitFor(async () => (await containers()).length === 0, { what: 'the tasks to end' });
    await redis.start();
    const { body } = await receiver.delivery(path);
    expect(body.tasks.map(({ status, attempts }) => [status, attempts])).toEqual([
      [0, 1],
      [3, 1],
    ]);
  });
});

describe('row 26: a deadline passes while no leader lives', () => {
  test('it is enforced on takeover', async () => {
    const id = await api.create(job(['sleep 600'], { activeDeadlineSeconds: 2 }));
    await waitFor(async () => (await api.services(id)).length === 1, { what: 'the service' });
    await Promise.all([one.end('SIGKILL'), two.end('SIGKILL')]);
    const passed = Date.now() + 2500;
    await waitFor(() => Date.now() > passed, { what: 'the deadline to pass' });
    await Promise.all([one.start(), two.start()]);
    const { __phase, tasks } = await api.finished(id);
    expect(__phase).toBe('Failed');
    expect(tasks).toMatchObject([{ status: null }]);
  });
});

describe('row 25: a cancel races the end of its job', () => {
  test('there is one terminal state and one callback', async () => {
    const races = Array.from({ length: 6 }, async (_, i) => {
      const path = `/race${i}`;
      const id = await api.create(job([`sleep 0.${i}`], { callback: { url: receiver.url(path) } }));
      await waitFor(async () => (await api.services(id)).length === 1, { what: 'the service' });
      const container = () =>
        lab.docker.listContainers({ filters: { label: [`swarmer.job=${id}`] } });
      await waitFor(async () => (await container()).length > 0 || receiver.at(path).length > 0, {
        what: 'the task to start',
      });
      const { status } = await api.post(`/v1/jobs/${id}/cancel`, {});
      const { body } = await receiver.delivery(path);
      return { id, path, status, phase: body.__phase };
    });
    for (const { id, path, status, phase } of await Promise.all(races)) {
      expect(['Complete', 'Cancelled']).toContain(phase);
      expect([200, 409]).toContain(status);
      expect((await api.status(id)).__phase).toBe(phase);
      expect(receiver.at(path)).toHaveLength(1);
    }
  });
});

describe('row 46: a job that the first version stored', () => {
  test('is read, run and shown', async () => {
    const client = new Client(redis.socketPath);
    const uid = '01JGFJJZ000000000000000000';
    const spec = { image, backoffLimit: 0, lossLimit: 10, outputLimitBytes: 1000 };
    const key = `swarmer:job:${uid}`;
    const fields = { spec: JSON.stringify(spec), created: 1, phase: 'Running' };
    await client.hset(key, { ...fields, total: 1, cursor: 0, succeeded: 0, failed: 0 });
    await client.hset(`${key}:tasks`, '0', JSON.stringify({ n: 'old', a: ['echo', 'hello'] }));
    await client.sadd('swarmer:jobs:active', uid);
    await client.xadd('swarmer:changes', '*', 'job', uid);
    client.disconnect();
    const { tasks, __phase } = await api.finished(uid);
    expect(__phase).toBe('Complete');
    expect(tasks).toMatchObject([{ name: 'old', status: 0, result: { stdout: 'hello\n' } }]);
  });
});
