import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import { waitFor } from '../lab/wait.ts';
import { Receiver } from '../support/receiver.ts';
import { ServiceEvents } from '../support/service-events.ts';
import { Swarmer } from '../support/swarmer.ts';

const lab = injectLab();
const image = await lab.ensureImage('busybox');
const TASKS = 60;
let receiver: Receiver;
let events: ServiceEvents;

beforeAll(async () => {
  receiver = await Receiver.start();
  events = await ServiceEvents.watch(lab);
});

afterAll(async () => {
  events.stop();
  await receiver.stop();
});

/** A job whose tasks have each an exit code and an output of its own. */
function job(path: string, count = TASKS) {
  const tasks = Array.from({ length: count }, (_, i) => ({
    task_name: `t${i}`,
    task_args: ['sh', '-c', `sleep 0.3; echo out ${i}; exit ${i % 3}`],
  }));
  return { image_name: image, callback_url: receiver.url(path), tasks };
}

/** Awaits that 12 services of the job exist and some tasks are counted. */
async function midWay(swarmer: Swarmer, id: string): Promise<void> {
  const look = async () => {
    const [services, status] = await Promise.all([swarmer.services(id), swarmer.status(id)]);
    return services.length >= 11 && status.tasks.some((task) => task.status !== null);
  };
  await waitFor(look, { what: 'a job to be under way', timeoutMs: 30_000 });
}

/** One callback with every result, each service created once, none left. */
async function expectOneTruthfulResult(
  swarmer: Swarmer,
  id: string,
  path: string,
  count = TASKS,
): Promise<void> {
  const { body } = await receiver.delivery(path, 120_000);
  const expected = Array.from({ length: count }, (_, i) => [`t${i}`, i % 3, `out ${i}\n`, 1]);
  const arrived = body.tasks.map((task) => [
    task.name,
    task.status,
    task.result.stdout,
    task.attempts,
  ]);
  expect(arrived).toEqual(expected);
  expect(events.of(id)).toHaveLength(count);
  expect(new Set(events.of(id)).size).toBe(count);
  expect(await swarmer.services(id)).toEqual([]);
  await swarmer.logged('callback delivered');
  expect(receiver.at(path)).toHaveLength(1);
}

describe('a job under way', () => {
  test('survives a SIGKILL of its controller', async () => {
    const redis = await lab.startRedis({ appendfsync: 'always' });
    const env = { SWARMER_INSTANCE: 'crash', REDIS_URL: `redis+unix://${redis.socketPath}` };
    const api = await new Swarmer(lab, { role: 'api', env }).start();
    const controller = await new Swarmer(lab, { role: 'controller', env }).start();
    const id = await api.submit(job('/controller'));
    await midWay(api, id);
    expect(await controller.end('SIGKILL')).toBe('SIGKILL');
    await controller.start();
    await expectOneTruthfulResult(controller, id, '/controller');
    await api.end();
    await controller.end();
    await redis.stop();
  });

  test('survives a SIGKILL of the server and its embedded Redis, with nothing accepted lost', async () => {
    const swarmer = await new Swarmer(lab, { env: { SWARMER_INSTANCE: 'crash-all' } }).start();
    const id = await swarmer.submit(job('/server'));
    await midWay(swarmer, id);
    expect(await swarmer.end('SIGKILL')).toBe('SIGKILL');
    await swarmer.start();
    await expectOneTruthfulResult(swarmer, id, '/server');
    expect(await swarmer.end()).toBe(0);
  });

  test('survives SIGTERM: the server exits with 0, and goes on when it is started again', async () => {
    const swarmer = await new Swarmer(lab, { env: { SWARMER_INSTANCE: 'drain' } }).start();
    const id = await swarmer.submit(job('/drain', 24));
    await midWay(swarmer, id);
    expect(await swarmer.end('SIGTERM')).toBe(0);
    await swarmer.start();
    await expectOneTruthfulResult(swarmer, id, '/drain', 24);
    expect(await swarmer.end()).toBe(0);
  });
});
