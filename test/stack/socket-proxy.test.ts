import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../internal/clock/clock.ts';
import { DockerEngine, type Engine, serviceSpec } from '../../internal/swarm/index.ts';
import { injectLab } from '../lab/inject.ts';
import { waitFor } from '../lab/wait.ts';
import { startFilter } from './socket-filter.ts';

const lab = injectLab();
const instance = 'socket-proxy';
let filter: Awaited<ReturnType<typeof startFilter>>;
let engine: DockerEngine;

beforeAll(async () => {
  filter = await startFilter(lab.dockerSocket);
  const target = { protocol: 'http', host: filter.host, port: filter.port } as const;
  engine = new DockerEngine({ target, instance, clock: systemClock });
});

afterAll(() => filter.close());

test('every call of the engine port passes the filter of stack-socket-proxy.yml', async () => {
  const called = new Set<keyof Engine>();
  const call = <K extends keyof Engine>(name: K, ...args: Parameters<Engine[K]>) => {
    called.add(name);
    return Reflect.apply(engine[name], engine, args) as ReturnType<Engine[K]>;
  };
  const stop = new AbortController();
  const watching = call('watch', () => {}, stop.signal);
  await call('info');
  await call('listNames');
  await call('listOwn', 'swarmer');
  await call('resolve', { networks: ['ingress'], secrets: [], configs: [] });
  const nothing = call('resolve', { networks: [], secrets: ['no-such'], configs: ['no-such'] });
  await expect(nothing).rejects.toMatchObject({ code: 'Invalid' });
  const spec = serviceSpec({
    owner: { instance, storeId: '01STORE' },
    id: { jobUid: '01JGFJJZ000000000000000000', index: 0, attempt: 1 },
    job: {
      ...{ image: await lab.ensureImage('busybox'), command: ['echo', 'passed'] },
      ...{ backoffLimit: 0, lossLimit: 0, outputLimitBytes: 100 },
    },
    task: { name: 'one', args: [] },
  });
  const { id } = await call('createService', spec);
  try {
    // Its name again: who adopts a service lists them all.
    expect((await call('createService', spec)).adopted).toBe(true);
    const ended = async () => {
      const [task] = await call('listTasks');
      return task?.state === 'complete' && task;
    };
    const task = await waitFor(ended, { what: 'the task to end', timeoutMs: 30_000 });
    expect((await call('listServices')).map((service) => service.id)).toEqual([id]);
    expect((await call('findTask', task.id))?.state).toBe('complete');
    expect((await call('findService', id))?.id).toBe(id);
    expect((await call('taskLogs', task.id, 100)).stdout.toString()).toBe('passed\n');
    const followed = new AbortController();
    await call('followLogs', task.id, () => followed.abort(), followed.signal);
  } finally {
    await call('removeService', id);
  }
  const [node] = await call('listNodes');
  if (node === undefined) throw new Error('there is no node');
  await call('setAvailability', node, node.availability);
  // What it says is the registry's business; that it is asked is the filter's.
  await call('askRegistry', 'nowhere.invalid/a/b:1');
  await call('tryLogin', { serveraddress: 'nowhere.invalid', username: 'a', password: 'b' });
  stop.abort();
  await watching;

  expect(filter.refused).toEqual([]);
  const { constructor: _, ...methods } = Object.getOwnPropertyDescriptors(DockerEngine.prototype);
  expect([...called].sort()).toEqual(Object.keys(methods).sort());
});

test.each([
  ['POST', '/containers/create'],
  ['POST', '/v1.41/services/abc/update'],
  ['POST', '/containers/abc/exec'],
  ['GET', '/secrets/abc'],
  ['GET', '/swarm'],
  ['GET', '/swarm/unlockkey'],
  ['POST', '/swarm/leave'],
  ['DELETE', '/nodes/abc'],
  ['GET', '/containers/../secrets/abc'],
])('%s %s does not pass it', async (method, path) => {
  const url = `http://${filter.host}:${filter.port}${path}`;
  expect((await fetch(url, { method })).status).toBe(403);
});
