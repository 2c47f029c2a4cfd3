import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadSettings } from '../../internal/config/index.ts';
import { redisTarget } from '../../internal/server/redis-target.ts';
import { connectRedis } from '../../internal/store/index.ts';
import { freePort } from '../lab/free-port.ts';
import { injectLab } from '../lab/inject.ts';
import type { Redis as Server } from '../lab/redis.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { silent } from './harness.ts';

/** A Redis that speaks TLS only, asks for a client's certificate, and has users. */
const lab = injectLab();
let server: Server;
let files: Certificates;
let base: Record<string, string>;

beforeAll(async () => {
  files = await makeCertificates(lab.dir);
  const port = await freePort();
  const { cert, key } = files.server;
  server = await lab.startRedis({
    args: [
      ...['--tls-port', String(port), '--tls-cert-file', cert, '--tls-key-file', key],
      ...['--tls-ca-cert-file', files.ca, '--tls-auth-clients', 'yes'],
      ...['--user', 'app', 'on', '>p@ss', 'allkeys', 'allcommands', '--user', 'default', 'off'],
    ],
  });
  base = {
    REDIS_URL: `rediss://127.0.0.1:${port}`,
    REDIS_USERNAME: 'app',
    REDIS_PASSWORD: 'p@ss',
    REDIS_TLS_CA: files.ca,
    REDIS_TLS_CERT: files.client.cert,
    REDIS_TLS_KEY: files.client.key,
    REDIS_TLS_SERVERNAME: 'redis.internal',
  };
});

afterAll(() => server.stop());

/** What a connection by these settings comes to: PONG, or why there is none. */
async function ping(change: Record<string, string>): Promise<string> {
  const { redis } = loadSettings({ ...base, ...change }, (path) => readFileSync(path, 'utf8'));
  if (redis === undefined) throw new Error('the settings name no Redis');
  const client = connectRedis(redisTarget(redis), silent, { retryStrategy: null });
  const failed = new Promise<string>((resolve) => {
    client.once('error', ({ message }: Error) => resolve(message));
  });
  try {
    return await client.connect().then(
      () => client.ping(),
      () => failed,
    );
  } finally {
    client.disconnect();
  }
}

test('is reached with CA, client certificate, server name and user', async () => {
  expect(await ping({})).toBe('PONG');
});

test('is reached with PEM texts in place of paths, and with the user in the URL', async () => {
  const url = base['REDIS_URL']?.replace('//', '//app:p%40ss@') ?? '';
  const texts = { REDIS_TLS_CA: '', REDIS_TLS_CA_FILE: files.ca };
  expect(await ping({ REDIS_URL: url, REDIS_USERNAME: '', REDIS_PASSWORD: '', ...texts })).toBe(
    'PONG',
  );
});

test.each([
  ['of another CA', () => ({ REDIS_TLS_CA: files.stranger }), /unable to verify|self.signed/],
  ['of another name', () => ({ REDIS_TLS_SERVERNAME: 'other' }), /does not match certificate/],
  [
    'without a client certificate',
    () => ({ REDIS_TLS_CERT: '', REDIS_TLS_KEY: '' }),
    /certificate|closed|ECONNRESET/,
  ],
  ['with a wrong password', () => ({ REDIS_PASSWORD: 'wrong' }), /WRONGPASS/],
])('is not spoken to %s', async (_, change, why) => {
  expect(await ping(change())).toMatch(why);
});

test('a file that cannot be read, or is no PEM, is told by its variable', async () => {
  const wrong = { REDIS_TLS_CA: '/nowhere/ca.pem', REDIS_TLS_KEY: '/etc/hostname' };
  await expect(ping(wrong)).rejects.toThrow(
    /^REDIS_TLS_CA: the file cannot be read .*\nREDIS_TLS_KEY: the file "\/etc\/hostname" holds no PEM/,
  );
});
