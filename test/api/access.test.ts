import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { injectLab } from '../lab/inject.ts';
import type { Redis } from '../lab/redis.ts';
import { waitFor } from '../lab/wait.ts';
import { Swarmer } from '../support/swarmer.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/cmd/swarmer.js', import.meta.url));
const lab = injectLab();
const file = join(lab.dir, 'access.yaml');
const auditFile = join(lab.dir, 'audit.log');
const OPERATOR = 'the-token-of-an-operator';
const JOB = { image_name: 'busybox', callback_url: null };
const LIMIT = 100;

/** Tokens by their name in the file, as `swarmer token create` made them. */
const tokens: Record<string, string> = {};
const entries: Record<string, string> = {};
let redis: Redis;
let swarmer: Swarmer;

async function makeToken(name: string, role: string, namespace: string): Promise<void> {
  const args = ['token', 'create', '--name', name, '--role', role, '--namespace', namespace];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [PROGRAM, ...args]);
  entries[name] = stdout;
  tokens[name] = /swt_\S+/.exec(stderr)?.[0] ?? '';
}

/** Puts a file in place that has these tokens, as an editor would. */
function writeFile(...names: string[]): void {
  const head = 'apiVersion: swarmer/v1\nkind: Access\ntokens:\n';
  writeFileSync(`${file}.new`, head + names.map((name) => entries[name]).join(''));
  renameSync(`${file}.new`, file);
}

const as = (name: string) => ({ authorization: `Bearer ${tokens[name] ?? name}` });
const read = (path: string, name: string) => swarmer.request(path, { headers: as(name) });

beforeAll(async () => {
  await Promise.all([
    ...[makeToken('team-a', 'submit', 'team-a'), makeToken('team-b', 'edit', 'team-b')],
    makeToken('viewer', 'view', '*'),
  ]);
  writeFile('team-a', 'team-b', 'viewer');
  redis = await lab.startRedis();
  swarmer = await new Swarmer(lab, {
    role: 'api',
    env: {
      REDIS_URL: `redis+unix://${redis.socketPath}`,
      SWARMER_HOST: '127.0.0.1',
      SWARMER_ACCESS_FILE: file,
      SWARMER_POLICY: 'none',
      SWARMER_API_TOKENS: OPERATOR,
      SWARMER_AUDIT_LOG: auditFile,
      SWARMER_RATE_LIMIT: String(LIMIT),
    },
  }).start();
});

afterAll(async () => {
  await swarmer?.end();
  await redis?.stop();
});

test('a token of the file does what its role says in its namespace, and knows what it may', async () => {
  expect(await (await read('/v1/whoami', 'team-a')).json()).toEqual({
    ...{ name: 'team-a', role: 'submit', namespaces: ['team-a'] },
  });
  const made = await swarmer.post('/submit', JOB, as('team-a'));
  expect(made.status).toBe(201);
  const { id } = (await made.json()) as { id: string };
  const status = async (name: string) => (await read(`/status/${id}`, name)).status;
  expect(await Promise.all(['team-a', 'team-b', 'viewer', OPERATOR, 'x'].map(status))).toEqual([
    ...[200, 404, 200, 200, 401],
  ]);
  expect((await swarmer.post(`/v1/jobs/${id}/suspend`, {}, as('team-a'))).status).toBe(403);
  expect((await swarmer.post(`/v1/jobs/${id}/cancel`, {}, as('team-b'))).status).toBe(404);
  expect((await swarmer.post(`/v1/jobs/${id}/cancel`, {}, as('team-a'))).status).toBe(200);
  const noted = await waitFor(
    () => {
      const lines = readFileSync(auditFile, 'utf8').trimEnd().split('\n');
      return lines.length < 4 ? undefined : lines.map((line) => JSON.parse(line));
    },
    { what: 'four lines in the audit log', timeoutMs: 30_000 },
  );
  expect(
    noted.map(({ who, verb, namespace, uid, status }) => [who, verb, namespace, uid, status]),
  ).toEqual([
    ['team-a', 'create', 'team-a', id, 201],
    ['team-a', 'suspend', 'team-a', id, 403],
    ['team-b', 'cancel', undefined, undefined, 404],
    ['team-a', 'cancel', 'team-a', id, 200],
  ]);
});

test('a file that changes is in force without a restart, and a stream is cut with its token', async () => {
  const url = `${swarmer.url}/v1/jobs?watch=true`;
  const [watch] = (await once(get(url, { headers: as('viewer'), agent: false }), 'response')) as [
    IncomingMessage,
  ];
  expect(watch.statusCode).toBe(200);
  const cut = new Promise((resolve) =>
    watch.resume().once('error', resolve).once('close', resolve),
  );
  writeFile('team-a', 'team-b');
  await cut;
  expect((await read('/v1/jobs', 'viewer')).status).toBe(401);
  expect((await read('/v1/jobs', 'team-a')).status).toBe(200);
});

test('a faulty file leaves the one before in force, is logged with its line, and shown', async () => {
  writeFileSync(file, `${readFileSync(file, 'utf8')}- name: half\n`);
  const check = () =>
    waitFor(
      async () => {
        const { checks } = (await (await swarmer.request('/readyz')).json()) as Readiness;
        return checks.find(({ name, ok }) => name === 'access-file' && !ok);
      },
      { what: 'the faulty file to be shown', timeoutMs: 30_000 },
    );
  expect(await check()).toMatchObject({ advisory: true });
  expect((await swarmer.request('/readyz')).status).toBe(200);
  const line = swarmer.logLines().find(({ problems }) => problems !== undefined);
  expect(line).toMatchObject({ level: 'error', problems: expect.any(Array) });
  expect(String(line?.['problems'])).toMatch(
    /access\.yaml:\d+:\d+: tokens\[2\]\.role: is required/,
  );
  expect((await read('/v1/jobs', 'team-a')).status).toBe(200);
});
type Readiness = { checks: { name: string; ok: boolean; advisory?: boolean }[] };

test('row 44: a client that sends 1,000 requests at once gets 429, and others are served', async () => {
  const flood = Array.from({ length: 1000 }, () => read('/v1/whoami', 'team-a'));
  const others: number[] = [];
  for (let i = 0; i < LIMIT / 4; i++) others.push((await read('/v1/whoami', 'team-b')).status);
  const answers = await Promise.all(flood);
  const refused = answers.filter(({ status }) => status === 429);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
  expect(refused.length).toBeGreaterThan(0);
  expect(new Set(refused.map(({ headers }) => headers.get('retry-after')))).toEqual(new Set(['1']));
  expect(new Set(others)).toEqual(new Set([200]));
});

test('no token is in a log', async () => {
  const logs = JSON.stringify(swarmer.logLines()) + readFileSync(auditFile, 'utf8');
  for (const token of [...Object.values(tokens), OPERATOR]) {
    expect(token.length).toBeGreaterThan(20);
    expect(logs).not.toContain(token);
  }
});

test('the entries of the file are what the program prints', () => {
  expect(parse(entries['team-a'] ?? '')).toEqual([
    {
      ...{ name: 'team-a', role: 'submit', namespaces: ['team-a'] },
      hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    },
  ]);
});
