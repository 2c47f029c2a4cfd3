import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis as Client } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import type { Redis } from '../lab/redis.ts';
import { waitFor } from '../lab/wait.ts';
import { Swarmer } from '../support/swarmer.ts';

const lab = injectLab();
const directory = join(lab.dir, 'kept-applied');
let redis: Redis;
let client: Client;
let servers: [Swarmer, Swarmer];

beforeAll(async () => {
  mkdirSync(directory);
  redis = await lab.startRedis();
  client = new Client(redis.socketPath);
  const env = { REDIS_URL: `redis+unix://${redis.socketPath}` };
  const server = () => new Swarmer(lab, { role: 'api', args: ['--apply', directory], env }).start();
  servers = await Promise.all([server(), server()]);
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.end()));
  client.disconnect();
  await redis.stop();
});

/** From its fifth line on each beginning of it is a manifest, and the last cut is within a number. */
function manifest(name: string): string[] {
  return [
    'apiVersion: swarmer/v1\n',
    'kind: Job\n',
    `metadata: {name: ${name}}\n`,
    'spec:\n',
    '  image: busybox\n',
    '  command: [sh, -c]\n',
    '  args: [echo, hello]\n',
    '  suspend: true\n',
    '  parallelism: 4\n',
    '  completions: 2',
    '0\n',
  ];
}

const WHOLE = {
  command: ['sh', '-c'],
  args: ['echo', 'hello'],
  suspend: true,
  parallelism: 4,
  completions: 20,
};

interface JobItem {
  metadata: { name: string; creationTimestamp: string };
  spec: typeof WHOLE;
}

async function jobs(): Promise<JobItem[]> {
  const response = await servers[1].request('/v1/namespaces/default/jobs?limit=500');
  return ((await response.json()) as { items: JobItem[] }).items;
}

/** Jobs that have been made and removed so far, by name. */
async function changes(): Promise<{ made: string[]; removed: string[] }> {
  const entries = await client.xrange('swarmer:watch', '-', '+');
  const of = (wanted: string) =>
    entries.flatMap(([, fields]) => {
      const entry = Object.fromEntries(
        fields.flatMap((_, i) => (i % 2 ? [] : [fields.slice(i, i + 2)])),
      );
      return entry['change'] === wanted ? [JSON.parse(entry['meta']).name as string] : [];
    });
  return { made: of('ADDED'), removed: of('DELETED') };
}

/** Writes a file line by line, and closes it each time. */
async function writeSlowly(name: string, pauseMs: number): Promise<void> {
  const path = join(directory, `${name}.yaml`);
  writeFileSync(path, '');
  for (const part of manifest(name)) {
    appendFileSync(path, part);
    await pause(pauseMs);
  }
}

/** Writes a file in two parts, and pauses for longer than any other in between, but keeps it open. */
async function writeWithinOne(name: string, cut: number): Promise<void> {
  const file = openSync(join(directory, `${name}.yaml`), 'w');
  const parts = manifest(name);
  writeSync(file, parts.slice(0, cut).join(''));
  await pause(8000);
  writeSync(file, parts.slice(cut).join(''));
  closeSync(file);
}

/** Puts a file in place in one step, and tells when. */
function put(name: string): number {
  const path = join(directory, `${name}.yaml`);
  writeFileSync(`${path}.new`, manifest(name).join(''));
  renameSync(`${path}.new`, path);
  return Date.now();
}

test('nothing is run of half a file, and each job once, whoever writes how, and though a server is killed', async () => {
  const count = (of: number) => Array.from({ length: of }, (_, i) => i);
  const slow = count(200).map((i) => writeSlowly(`slow-${i}`, 900 + i));
  const open = count(11).map((i) => writeWithinOne(`open-${i}`, i));
  const placed = new Map<string, number>();
  for (const i of count(30)) {
    placed.set(`placed-${i}`, put(`placed-${i}`));
    await pause(200);
  }
  const applied = (least: number) => async () => (await jobs()).length >= least;
  await waitFor(applied(60), { what: 'some of the files to be applied', timeoutMs: 60_000 });
  expect(await servers[0].end('SIGKILL')).toBe('SIGKILL');
  await Promise.all([...slow, ...open]);
  await waitFor(applied(241), { what: 'all files to be applied', timeoutMs: 60_000 });

  const found = await jobs();
  expect(found).toHaveLength(241);
  for (const { metadata, spec } of found) {
    expect([metadata.name, spec]).toEqual([metadata.name, expect.objectContaining(WHOLE)]);
  }
  const { made, removed } = await changes();
  expect([new Set(made).size, made.length, removed]).toEqual([241, 241, []]);
  const waited = found.flatMap(({ metadata: { name, creationTimestamp } }) => {
    const at = placed.get(name);
    return at === undefined ? [] : [Date.parse(creationTimestamp) - at];
  });
  expect(waited.sort((a, b) => a - b)[15]).toBeLessThan(4000);
});
