import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import type { Redis } from '../lab/redis.ts';
import { Swarmer } from '../support/swarmer.ts';

/** S1: what a page in the browser of whoever can reach the server makes it send. */

const lab = injectLab();
const TOKEN = 'the-token-of-an-operator';
let redis: Redis;
let open: Swarmer;
let closed: Swarmer;
let job: string;

beforeAll(async () => {
  redis = await lab.startRedis();
  const env = { REDIS_URL: `redis+unix://${redis.socketPath}`, SWARMER_METRICS_PORT: '0' };
  const role = 'api';
  [open, closed] = await Promise.all([
    new Swarmer(lab, {
      role,
      env: { ...env, SWARMER_ALLOWED_HOSTS: 'swarmer.example,*.corp.example' },
    }).start(),
    new Swarmer(lab, {
      role,
      env: { ...env, SWARMER_HOST: '127.0.0.1', SWARMER_API_TOKENS: TOKEN },
    }).start(),
  ]);
  job = await open.submit({ image_name: 'busybox', callback_url: null });
});

afterAll(async () => {
  await open?.end();
  await closed?.end();
  await redis?.stop();
});

interface Sent {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Sends what a browser would, which `fetch` does not let a program send. */
async function send(swarmer: Swarmer, sent: Sent, port = swarmer.port) {
  const { method = 'POST', path, headers = {}, body = '' } = sent;
  const sending = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
  sending.end(body);
  const [answer] = (await once(sending, 'response')) as [
    NodeJS.ReadableStream & { statusCode: number; headers: IncomingHttpHeaders },
  ];
  return { status: answer.statusCode, body: await text(answer) };
}

const isSuspended = async () => {
  const answer = await open.request(`/v1/jobs/${job}`);
  const { spec } = (await answer.json()) as { spec: { suspend?: boolean } };
  return spec.suspend === true;
};

describe('a page of another origin', () => {
  const form = { 'content-type': 'text/plain' };
  test.each<[string, Record<string, string>]>([
    ['a form', { ...form, origin: 'https://evil.example' }],
    ['a form of a sandboxed frame', { ...form, origin: 'null' }],
    ['a form of a page of another port of this machine', { origin: 'http://localhost:3000' }],
    ['a page of a name that looks alike', { origin: 'http://127.0.0.1.evil.example:8500' }],
    ['an extension', { origin: 'chrome-extension://abcdefghijklmnop' }],
    ['a browser that tells its site only', { 'sec-fetch-site': 'cross-site' }],
    ['a browser that tells the same site, of another port', { 'sec-fetch-site': 'same-site' }],
  ])('changes nothing by %s', async (_, headers) => {
    for (const path of [`/v1/jobs/${job}/suspend`, `/v1/jobs/${job}/cancel`, '/submit']) {
      const answer = await send(open, { path, headers });
      expect([path, answer.status]).toEqual([path, 403]);
      expect(answer.body).toContain('SWARMER_ALLOWED_HOSTS');
    }
    expect(await isSuspended()).toBe(false);
  });

  test('is told from a page of the server itself, and of a host that it was told of', async () => {
    const own = `http://127.0.0.1:${open.port}`;
    for (const headers of [
      { origin: own, 'sec-fetch-site': 'same-origin' },
      { origin: 'https://swarmer.example', 'sec-fetch-site': 'same-origin' },
      { origin: 'https://swarmer.example', host: 'swarmer.example' },
    ] as Record<string, string>[]) {
      const path = `/v1/jobs/${job}/resume`;
      expect((await send(open, { path, headers })).status).toBe(200);
    }
  });
});

describe('a name that is made to resolve to this machine', () => {
  test.each([
    'evil.example',
    'evil.example:8500',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'notlocalhost',
    'swarmer.example.evil.example',
    'corp.example',
    'evil@localhost',
    'localhost/evil',
    '10.1.2.3',
    '0.0.0.0',
  ])('neither reads nor writes as %s', async (host) => {
    const headers = { host };
    const body = JSON.stringify({ image_name: 'busybox', callback_url: null });
    const json = { ...headers, 'content-type': 'application/json' };
    const answers = await Promise.all([
      send(open, { path: '/submit', headers: json, body }),
      send(open, { method: 'DELETE', path: `/v1/jobs/${job}`, headers }),
      ...['/v1/jobs', `/status/${job}`, '/metrics', '/readyz', '/openapi.json', '/docs'].map(
        (path) => send(open, { method: 'GET', path, headers }),
      ),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403));
    expect(answers.every(({ body: shown }) => !shown.includes(job))).toBe(true);
  });

  test('is not known by the target of the request either', async () => {
    const path = 'http://evil.example/v1/jobs';
    const headers = { host: '127.0.0.1' };
    expect((await send(open, { method: 'GET', path, headers })).status).toBe(403);
  });

  test('reads no metrics where these have a port of their own', async () => {
    const { port } = await open.logged('metrics are served');
    const get = (host: string) =>
      send(open, { method: 'GET', path: '/metrics', headers: { host } }, Number(port));
    expect((await get('evil.example')).status).toBe(403);
    expect((await get('localhost')).status).toBe(200);
  });
});

test.each([
  'localhost',
  'LOCALHOST:8500',
  'localhost.',
  'swarmer.localhost',
  'ip6-localhost',
  'localhost.localdomain',
  '127.0.0.1',
  '127.1.2.3:80',
  '[::1]:8500',
  '[::ffff:127.0.0.1]',
  'swarmer.example',
  'a.corp.example:443',
])('a program asks by %s as before', async (host) => {
  const headers = { host };
  expect((await send(open, { method: 'GET', path: '/v1/jobs', headers })).status).toBe(200);
  const { status } = await send(open, { path: `/v1/jobs/${job}/resume`, headers });
  expect(status).toBe(200);
});

test('a task reports by whatever host it was told, and who looks whether it can is answered', async () => {
  const headers = { host: 'swarmer-report:8500' };
  // 401: it was looked at, and has no token.
  expect((await send(open, { path: `/result/${job}`, headers })).status).toBe(401);
  expect((await send(open, { method: 'GET', path: '/healthz', headers })).status).toBe(200);
});

test('where a token is asked for, it is what counts', async () => {
  const headers = { host: 'swarmer.any.example', origin: 'https://console.example' };
  const with_ = { ...headers, authorization: `Bearer ${TOKEN}` };
  const path = `/v1/jobs/${job}/resume`;
  expect((await send(closed, { path, headers })).status).toBe(401);
  expect((await send(closed, { path, headers: with_ })).status).toBe(200);
});
