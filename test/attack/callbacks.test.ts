import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import type { Redis } from '../lab/redis.ts';
import { Swarmer } from '../support/swarmer.ts';

/** S10: what the server is asked to call. What names resolve to is tried in `internal/callback`. */

const lab = injectLab();
let redis: Redis;
let swarmer: Swarmer;

beforeAll(async () => {
  redis = await lab.startRedis();
  const env = {
    REDIS_URL: `redis+unix://${redis.socketPath}`,
    SWARMER_CALLBACK_ALLOW: '127.0.0.9',
  };
  swarmer = await new Swarmer(lab, { role: 'api', env }).start();
});

afterAll(async () => {
  await swarmer?.end();
  await redis?.stop();
});

async function submit(url: string) {
  const answer = await swarmer.post('/submit', { image_name: 'busybox', callback_url: url });
  return { status: answer.status, text: await answer.text() };
}

/** Others come and go with what else runs here. */
const own = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .filter(({ internal, family }) => !internal && family === 'IPv4')
  .map(({ address }) => address)
  .slice(0, 1);

describe('a callback', () => {
  test.each([
    ...['[fd00:ec2::23]', '192.0.0.192', '[2001:0:7f00:1::]', '[2001:db8::5efe:7f00:1]'],
    ...['[2002:7f00:1::]', '[64:ff9b:1:7f:0:1::]'],
    ...own,
  ])('to %s is refused, and says what allows it', async (host) => {
    const { status, text } = await submit(`http://${host}:8080/`);
    expect(status).toBe(403);
    expect(text).toContain('SWARMER_CALLBACK_ALLOW');
  });

  test.each(['10.99.99.99', 'receiver.example', '127.0.0.9'])('to %s is taken', async (host) => {
    expect((await submit(`http://${host}:8080/`)).status).toBe(201);
  });
});
