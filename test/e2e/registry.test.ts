import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../internal/clock/clock.ts';
import { DockerEngine } from '../../internal/swarm/index.ts';
import { buildImage, ensureImage } from '../lab/images.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { REGISTRY_USER, type Registry } from '../lab/registry.ts';
import { waitFor } from '../lab/wait.ts';
import { Swarmer } from '../support/swarmer.ts';

/** A registry that asks for a login, and a worker that has none of the images. */
const WRONG = 'wrong-Secret/of+the.lab=2';
const { username, password: RIGHT } = REGISTRY_USER;

let lab: Lab;
let registry: Registry;
let front: Front;
let swarmer: Swarmer;
let redisDir: string;
let credentials: string;
const seen: unknown[] = [];

beforeAll(async () => {
  lab = await startLab({ swarm: { managers: 1, workers: 1 } });
  const [redis] = await Promise.all([
    lab.startRedis({ appendfsync: 'everysec', args: ['--aof-use-rdb-preamble', 'no'] }),
    ensureImage(lab.docker, 'busybox'),
  ]);
  redisDir = redis.dir;
  registry = await lab.startRegistry();
  front = await Front.start(lab.hostAddress, registry.host);
  await drainManager();
  credentials = join(lab.dir, 'registries.yaml');
  writeCredentials({ changing: WRONG });
  const env = {
    REDIS_URL: `redis+unix://${redis.socketPath}`,
    SWARMER_REGISTRY_CREDENTIALS: credentials,
    SWARMER_LOG_LEVEL: 'trace',
    BASIC_AUTH_REGISTRY: front.host,
    BASIC_AUTH_USER: username,
    BASIC_AUTH_PASSWORD: RIGHT,
  };
  swarmer = await new Swarmer(lab, { env }).start();
});

afterAll(async () => {
  await swarmer.end();
  await front.stop();
  await lab.stop();
});

/** Only the worker runs tasks: it has to pull what it runs. */
async function drainManager(): Promise<void> {
  const nodes = await lab.docker.listNodes();
  const manager = nodes.find((node) => node.Spec?.Role === 'manager');
  const { ID = '', Version, Spec } = manager ?? {};
  const node = lab.docker.getNode(ID);
  await node.update({ ...Spec, Availability: 'drain', version: Number(Version?.Index) });
}

function writeCredentials({ changing }: { changing: string }): void {
  const entry = (name: string, host: string, password: string, more = {}) => ({
    ...{ name, registry: host, username, password, ...more },
  });
  const list = [
    entry('right', registry.host, RIGHT),
    entry('wrong', registry.host, WRONG),
    entry('changing', registry.host, changing),
    entry('front', front.host, RIGHT),
    entry('theirs', registry.host, RIGHT, { namespaces: ['theirs'] }),
  ];
  writeFileSync(credentials, JSON.stringify({ credentials: list }));
}

/** A registry's way to the world that can be out of order: then it gives one answer to everything. */
class Front {
  /** Status of every answer; undefined while it works. */
  trouble: number | undefined;
  readonly host: string;
  readonly #server: Server;

  private constructor(server: Server, host: string) {
    this.#server = server;
    this.host = host;
  }

  static async start(address: string, behind: string): Promise<Front> {
    const server = createServer((incoming, reply) => {
      if (it.trouble !== undefined) {
        reply.writeHead(it.trouble).end('out of order');
        return;
      }
      const { method, headers } = incoming;
      const on = request(`http://${behind}${incoming.url}`, { method, headers }, (answer) => {
        reply.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(reply);
      });
      incoming.pipe(on);
    });
    await new Promise<void>((resolve) => server.listen(0, address, resolve));
    const it = new Front(server, `${address}:${(server.address() as AddressInfo).port}`);
    return it;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const sh = (script: string) => ['sh', '-c', script];

function job(image: string, registryCredential: string, more: object = {}) {
  return { image, registryCredential, args: ['true'], backoffLimit: 0, ...more };
}

interface Shown {
  type: string;
  reason?: string;
  message?: string;
}

async function ask<T>(path: string): Promise<T> {
  const answer = (await (await swarmer.request(path)).json()) as T;
  seen.push(answer);
  return answer;
}

async function events(id: string): Promise<Shown[]> {
  return (await ask<{ items: Shown[] }>(`/v1/jobs/${id}/events?limit=1000`)).items;
}

async function imageOf(id: string) {
  const { status } = await ask<{ status: { image?: unknown } }>(`/v1/jobs/${id}`);
  return status.image;
}

async function finished(id: string) {
  const body = await swarmer.finished(id, 30_000);
  seen.push(body);
  return body;
}

describe('with the right credential', () => {
  test('a worker pulls what it never had, by the digest that the job shows', async () => {
    const image = await registry.push(lab.docker, 'swarmer-lab/busybox:1', 'team/right:1');
    const id = await swarmer.create(job(image, 'right', { completions: 3 }));
    expect(await finished(id)).toMatchObject({ __phase: 'Complete' });
    const reference = expect.stringMatching(
      new RegExp(`^${registry.host}/team/right:1@sha256:[0-9a-f]{64}$`),
    );
    expect(await imageOf(id)).toEqual({ reference, pinned: true });
    const resolved = (await events(id)).filter(({ type }) => type === 'ImageResolved');
    expect(resolved).toMatchObject([{ message: reference }]);
  });

  test('a retry runs the same bytes, whatever was pushed meanwhile; the next job runs the new', async () => {
    const versions = ['first', 'second'].map((text) => `team/version:${text}`);
    for (const [i, tag] of versions.entries()) {
      const files = { '/version': versions[i] ?? '' };
      await buildImage(lab.docker, tag, 'swarmer-lab/busybox:1', files);
    }
    const image = await registry.push(lab.docker, 'team/version:first', 'team/moving:1');
    const script = 'cat /version; [ $SWARMER_ATTEMPT != 1 ]';
    const more = {
      args: sh(script),
      backoffLimit: 1,
      retryBackoff: { baseMs: 2000, maxMs: 2000 },
    };
    const id = await swarmer.create(job(image, 'right', more));
    const failed = async () => (await events(id)).some(({ type }) => type === 'Retrying');
    await waitFor(failed, { what: 'the first attempt to fail', timeoutMs: 20_000 });
    await registry.push(lab.docker, 'team/version:second', 'team/moving:1');
    const next = await swarmer.create(job(image, 'right', { args: ['cat', '/version'] }));
    const output = async (of: string) => (await finished(of)).tasks[0]?.result?.stdout;
    expect([await output(id), await output(next)]).toEqual(versions);
  });
});

test('the login of the settings is tried at the start', async () => {
  const line = await swarmer.logged('the registry takes the login of BASIC_AUTH_USER');
  expect(line).toMatchObject({ registry: front.host });
  const { clock, target } = { clock: systemClock, target: { socketPath: lab.dockerSocket } };
  const engine = new DockerEngine({ target, instance: 'registry', clock });
  const wrong = { username, password: WRONG, serveraddress: registry.host };
  expect(await engine.tryLogin(wrong)).toMatchObject({ kind: 'denied' });
});

describe('with a wrong credential', () => {
  test('a task fails within 15 s, and is told registry and credential', async () => {
    const image = await registry.push(lab.docker, 'swarmer-lab/busybox:1', 'team/wrong:1');
    const since = performance.now();
    const id = await swarmer.create(job(image, 'wrong'));
    const { tasks } = await finished(id);
    expect(performance.now() - since).toBeLessThan(15_000);
    expect(tasks).toMatchObject([{ status: null, reason: 'RegistryDenied', attempts: 1 }]);
    const refusal = `registry ${registry.host} refuses credential "wrong"`;
    expect(tasks[0]?.message).toBe(`No such image: ${image}; ${refusal}`);
    expect(await events(id)).toContainEqual(
      expect.objectContaining({ type: 'ImageByTag', message: refusal }),
    );
    expect(await imageOf(id)).toEqual({ reference: image, pinned: false });
  });

  test('the next attempt uses what stands in the file then', async () => {
    const image = await registry.push(lab.docker, 'swarmer-lab/busybox:1', 'team/changing:1');
    const id = await swarmer.create(
      job(image, 'changing', {
        failurePolicy: [{ action: 'Ignore', onReasons: ['RegistryDenied'] }],
        retryBackoff: { baseMs: 200, maxMs: 200 },
      }),
    );
    const denied = async () => (await events(id)).some(({ reason }) => reason === 'RegistryDenied');
    await waitFor(denied, { what: 'the first attempt to be denied', timeoutMs: 20_000 });
    writeCredentials({ changing: RIGHT });
    const { tasks } = await finished(id);
    expect(tasks[0]).toMatchObject({ status: 0 });
    expect(await imageOf(id)).toMatchObject({ pinned: true });
  });

  test.each(['nobody', 'theirs'])('one that there is not (%s) is refused', async (name) => {
    const spec = job(`${registry.host}/team/right:1`, name);
    const body = { apiVersion: 'swarmer/v1', kind: 'Job', spec };
    const answer = await swarmer.post('/v1/jobs', body);
    expect(answer.status).toBe(400);
    const message = `there is no registry credential "${name}" for this namespace: ask the operator`;
    const { errors } = (await answer.json()) as { errors: unknown[] };
    expect(errors).toEqual([{ path: 'spec.registryCredential', message }]);
  });

  test('one that is for another registry starts nothing', async () => {
    const id = await swarmer.create(job(`${registry.host}/team/right:1`, 'front'));
    const { tasks } = await finished(id);
    expect(tasks).toMatchObject([{ reason: 'RegistryDenied', attempts: 1 }]);
    expect(tasks[0]?.message).toContain('registry credential "front" is for');
    expect((await events(id)).map(({ type }) => type)).not.toContain('Created');
  });
});

describe('row 21: what a registry says of an image', () => {
  test('that is missing: it fails at once', async () => {
    const id = await swarmer.create(job(`${registry.host}/team/none:1`, 'right'));
    const { tasks } = await finished(id);
    expect(tasks).toMatchObject([{ reason: 'Rejected', attempts: 1 }]);
    expect(tasks[0]?.message).toContain(`; registry ${registry.host} has no such image`);
  });

  test.each([503, 429])(
    'while it answers %i: it is tried again, and runs in the end',
    async (status) => {
      const name = `team/busy-${status}:1`;
      await registry.push(lab.docker, 'swarmer-lab/busybox:1', name);
      front.trouble = status;
      const retryBackoff = { baseMs: 500, maxMs: 500 };
      const id = await swarmer.create(job(`${front.host}/${name}`, 'front', { retryBackoff }));
      const waits = async () => (await events(id)).find(({ type }) => type === 'Rejected');
      const rejected = await waitFor(waits, {
        what: 'an attempt to be rejected',
        timeoutMs: 20_000,
      });
      front.trouble = undefined;
      expect(rejected).toMatchObject({ reason: 'RegistryUnavailable' });
      expect(rejected.message).toContain(`registry ${front.host} cannot answer now`);
      const { tasks } = await finished(id);
      expect(tasks[0]).toMatchObject({ status: 0 });
    },
  );
});

test('what is secret stands in no log, in nothing that Redis was told, in no answer', async () => {
  await ask('/v1/cluster');
  await ask('/v1/jobs');
  const folder = join(redisDir, 'appendonlydir');
  const redis = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'latin1'));
  const texts = {
    redis: redis.join(),
    logs: JSON.stringify(swarmer.logLines()),
    answers: JSON.stringify(seen),
  };
  expect(texts.redis).toContain('team/wrong');
  const secrets = [RIGHT, WRONG].flatMap((secret) => [
    ...[secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').slice(0, 30)],
    Buffer.from(`${username}:${secret}`).toString('base64'),
    // Of the login as it is sent, whatever stands before it.
    ...[0, 1, 2].map((n) =>
      Buffer.from(`${' '.repeat(n)}${secret}`)
        .toString('base64')
        .slice(4, 28),
    ),
  ]);
  for (const text of Object.values(texts)) {
    for (const secret of secrets) expect(text).not.toContain(secret);
  }
});
