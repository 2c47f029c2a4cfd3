import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock/clock.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import { loadSettings } from '../config/index.ts';
import { askHealth, healthAddress } from './ask-health.ts';

const settings = (env: Record<string, string> = {}) => loadSettings(env, () => '');
const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A server, and settings whose server it is. */
async function serving(app: RequestListener) {
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return settings({ SWARMER_PORT: String((server.address() as AddressInfo).port) });
}

describe('healthAddress', () => {
  it.each([
    ['loopback where it listens on all addresses', { SWARMER_HOST: '0.0.0.0' }, '127.0.0.1'],
    ['loopback of IPv6 where it listens on all of those', { SWARMER_HOST: '::' }, '::1'],
    ['the one address where it listens on one', { SWARMER_HOST: '10.0.0.5' }, '10.0.0.5'],
  ])('is %s', (_what, env, host) => {
    expect(healthAddress(settings(env))).toEqual({ host, port: 8500 });
  });

  it('is that of the metrics where there are some: a controller has no other', () => {
    const env = { SWARMER_METRICS_PORT: '9500', SWARMER_METRICS_HOST: '0.0.0.0' };
    expect(healthAddress(settings(env))).toEqual({ host: '127.0.0.1', port: 9500 });
  });
});

describe('askHealth', () => {
  it('is satisfied by 200, and tells what else came', async () => {
    const answers = await serving((request, response) => {
      response.statusCode = request.url === '/healthz' ? 200 : 503;
      response.end('{"ready":false}');
    });
    await askHealth(answers, '/healthz', systemClock);
    await expect(askHealth(answers, '/readyz', systemClock)).rejects.toThrow(
      /readyz answers 503: \{"ready":false\}$/,
    );
  });

  it('fails when nobody listens', async () => {
    const gone = await serving(() => {});
    for (const close of closers.splice(0)) close();
    await expect(askHealth(gone, '/healthz', systemClock)).rejects.toThrow(/ECONNREFUSED/);
  });

  it('waits twenty seconds at most', async () => {
    const clock = new FakeClock();
    const hangs = await serving(() => clock.advance(20_000));
    await expect(askHealth(hangs, '/healthz', clock)).rejects.toThrow(/longer than 20000 ms/);
  });
});
