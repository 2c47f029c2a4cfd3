import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../internal/clock/clock.ts';
import { DockerEngine, serviceSpec } from '../../internal/swarm/index.ts';
import { seeded } from './seeded.ts';
import { type ModelServer, startModelServer } from './server.ts';
import { ModelSwarm } from './swarm.ts';

const instance = 'server-test';
const spec = serviceSpec({
  owner: { instance, storeId: '01STORE' },
  id: { jobUid: '01JGFJJZ000000000000000000', index: 0, attempt: 1 },
  job: { image: 'alpine:3', backoffLimit: 0, lossLimit: 10, outputLimitBytes: 1000 },
  task: { name: 'one', args: [] },
});

let dir: string;
let socketPath: string;
let swarm: ModelSwarm;
let server: ModelServer;
let engine: DockerEngine;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'swarmer-model-'));
  socketPath = join(dir, 'docker.sock');
  swarm = new ModelSwarm({ clock: systemClock, random: seeded(1) });
  server = await startModelServer({ swarm, socketPath });
  const target = { socketPath };
  engine = new DockerEngine({ target, instance, clock: systemClock, timeoutMs: 200 });
});

afterEach(async () => {
  await server.close();
  rmSync(dir, { recursive: true });
});

const unavailable = { code: 'Unavailable' };

describe('the server of the model, made to fail', () => {
  it.each([
    ['hangs', { hang: true }],
    ['answers with 500', { fail: 500 }],
    ['is delayed too long', { delayMs: 60_000 }],
    ['breaks in the middle of its answer', { breakMidReply: true }],
    ['loses its answer', { loseReply: true }],
  ] as const)('fails a call that %s, and no other', async (_, fault) => {
    server.faults.script({ call: 'listTasks', ...fault });
    expect(await engine.listServices()).toEqual([]);
    await expect(engine.listTasks()).rejects.toMatchObject(unavailable);
    expect(await engine.listTasks()).toEqual([]);
  });

  it('does what it loses the answer of', async () => {
    server.faults.script({ call: 'createService', loseReply: true });
    await expect(engine.createService(spec)).rejects.toMatchObject(unavailable);
    const [service] = swarm.listServices();
    expect(await engine.createService(spec)).toEqual({ id: service?.ID, adopted: true });
  });

  it('does not do what it fails', async () => {
    server.faults.script({ call: 'createService', fail: 503, times: 2 });
    await expect(engine.createService(spec)).rejects.toMatchObject({ status: 503 });
    await expect(engine.createService(spec)).rejects.toMatchObject({ status: 503 });
    expect(await engine.createService(spec)).toMatchObject({ adopted: false });
  });

  it('fails by chance, as often as it is told', async () => {
    server.faults.randomly({ random: seeded(3), share: 0.5, kinds: [{ fail: 500 }] });
    const looks = await Promise.allSettled(Array.from({ length: 40 }, () => engine.listTasks()));
    const failed = looks.filter(({ status }) => status === 'rejected').length;
    expect(failed).toBeGreaterThan(5);
    expect(failed).toBeLessThan(35);
    server.faults.randomly(undefined);
    expect(await engine.listTasks()).toEqual([]);
  });

  it('settles a watch whose connection breaks', async () => {
    server.faults.script({ call: 'events', breakMidReply: true });
    const watch = engine.watch(() => {}, new AbortController().signal);
    const [{ status }] = await Promise.allSettled([watch]);
    expect(['fulfilled', 'rejected']).toContain(status);
  });

  it('refuses connections while the daemon of the manager is away', async () => {
    swarm.killNode('n1');
    await expect(engine.listTasks()).rejects.toMatchObject(unavailable);
    swarm.reviveNode('n1');
    expect(await engine.listTasks()).toEqual([]);
  });
});

/** Status, version header and text of one request. */
async function get(path: string): Promise<[number | undefined, unknown, string]> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      const { statusCode, headers } = response;
      resolve([statusCode, headers['api-version'], Buffer.concat(chunks).toString()]);
    });
    sent.on('error', reject).end();
  });
}

describe('the versions of the server of the model', () => {
  it('are offered by its ping', async () => {
    expect(await get('/_ping')).toEqual([200, '1.41', 'OK']);
  });

  it.each(['/v1.12/info', '/v1.41/info', '/info'])('%s is answered', async (path) => {
    expect((await get(path))[0]).toBe(200);
  });

  it.each([
    ['/v1.11/info', /1\.11 is too old\. Minimum supported API version is 1\.12/],
    ['/v1.42/_ping', /1\.42 is too new\. Maximum supported API version is 1\.41/],
  ])('%s is refused', async (path, words) => {
    const [status, , text] = await get(path);
    expect(status).toBe(400);
    expect(text).toMatch(words);
  });
});
