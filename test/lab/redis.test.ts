import { Redis as Client } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { freePort } from './free-port.ts';
import { injectLab } from './inject.ts';

const lab = injectLab();

async function asClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(url);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}

describe('a private Redis', () => {
  test('keeps what it acknowledged over a SIGKILL with appendfsync always', async () => {
    const redis = await lab.startRedis({ appendfsync: 'always' });
    await asClient(redis.url, (client) => client.set('key', 'value'));
    await redis.kill();
    await redis.start();
    expect(await asClient(redis.url, (client) => client.get('key'))).toBe('value');
    await redis.stop();
  });

  test('keeps nothing without appendfsync', async () => {
    const redis = await lab.startRedis();
    await asClient(redis.url, (client) => client.set('key', 'value'));
    await redis.stop();
    await redis.start();
    expect(await asClient(redis.url, (client) => client.get('key'))).toBeNull();
    await redis.stop();
  });

  test('two of them do not see each other, and one listens on loopback TCP', async () => {
    const [one, two] = [await lab.startRedis({ port: await freePort() }), await lab.startRedis()];
    expect(one.url).toMatch(/^redis:\/\/127\.0\.0\.1:\d+$/);
    await asClient(one.url, (client) => client.set('key', 'value'));
    expect(await asClient(one.socketPath, (client) => client.get('key'))).toBe('value');
    expect(await asClient(two.url, (client) => client.get('key'))).toBeNull();
    await Promise.all([one.stop(), two.stop()]);
  });

  test('a Redis that cannot start says why, with its log', async () => {
    await expect(lab.startRedis({ args: ['--no-such-setting', 'x'] })).rejects.toThrow(
      /redis died; last lines of .*redis\.log:.*no-such-setting/s,
    );
  });
});
