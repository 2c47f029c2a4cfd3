import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../clock/fake-clock.ts';
import { loadSettings } from '../config/index.ts';
import {
  checkReportAddress,
  NO_ADDRESS,
  NOBODY_ANSWERS,
  NOT_SEEN_FROM_HERE,
  OWN_LOOPBACK,
} from './report-address.ts';
import type { Role } from './server.ts';

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Serves on an address of this machine that is not loopback by its name. @returns its base URL. */
async function serving(app: RequestListener): Promise<string> {
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '::', resolve));
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  // An IPv4 address in the form of IPv6 is not taken for loopback, and leads there.
  return `http://[::ffff:127.0.0.1]:${(server.address() as AddressInfo).port}`;
}

interface Line {
  level: number;
  msg: string;
  url?: string;
  reason?: string;
}

/** What is logged of a base URL. Time passes as fast as it is asked for. */
async function told(
  baseUrl: string | undefined,
  { role = 'serve', env = {} }: { role?: Role; env?: Record<string, string> } = {},
): Promise<{ lines: Line[]; tookMs: number }> {
  const lines: Line[] = [];
  const log = pino({}, { write: (line) => lines.push(JSON.parse(line)) });
  const clock = new FakeClock();
  clock.sleep = async (ms) => clock.advance(ms);
  const { signal } = new AbortController();
  const settings = loadSettings(env, () => '');
  await checkReportAddress(baseUrl, { role, settings, clock, log, signal });
  return { lines, tookMs: clock.monotonic() };
}

const WARN = 40;
const INFO = 30;
const NAMED = { RUNNER_HOST_NAME: 'given' };

describe('the address that tasks report to', () => {
  it('is fine where an API answers, below a path too', async () => {
    const paths: (string | undefined)[] = [];
    const baseUrl = await serving((request, response) => {
      paths.push(request.url);
      response.end('{"status":"ok"}');
    });
    expect(await told(`${baseUrl}/swarmer`)).toEqual({ lines: [], tookMs: 0 });
    expect(paths).toEqual(['/swarmer/healthz']);
  });

  it('is told of when there is none, by who gives it to tasks', async () => {
    for (const role of ['serve', 'controller'] as const) {
      const { lines } = await told(undefined, { role });
      expect(lines).toMatchObject([{ level: WARN, msg: NO_ADDRESS }]);
    }
    expect((await told(undefined, { role: 'api' })).lines).toEqual([]);
  });

  it.each(['http://127.0.0.1:8500', 'http://localhost', 'http://[::1]:1', 'http://0.0.0.0:8500'])(
    'is told of when it is the own of whoever asks: %s',
    async (url) => {
      const { lines } = await told(url, { env: NAMED });
      expect(lines).toMatchObject([{ level: WARN, msg: OWN_LOOPBACK, url }]);
    },
  );

  it('is told of within seconds when nobody listens at it, with the names of the settings', async () => {
    const url = await serving(() => {});
    for (const close of closers.splice(0)) close();
    const { lines, tookMs } = await told(url);
    expect(lines).toMatchObject([
      { level: WARN, msg: NOBODY_ANSWERS, url, reason: expect.stringContaining('ECONNREFUSED') },
    ]);
    expect(tookMs).toBe(5000);
    for (const name of ['RUNNER_HOST_NAME', 'RUNNER_PORT', 'SWARMER_REPORT_URL', 'SWARMER_HOST']) {
      expect(NOBODY_ANSWERS).toContain(name);
    }
  });

  it('is told of when its name leads nowhere, and when somebody else answers', async () => {
    const nowhere = await told('http://nowhere.invalid:8500');
    expect(nowhere.lines[0]?.reason).toMatch(/nowhere\.invalid/);
    const other = await serving((_request, response) => response.writeHead(404).end('who?'));
    expect((await told(other)).lines[0]?.reason).toMatch(/is answered with 404$/);
  });

  it('may come up later where it is that of another process', async () => {
    let tries = 0;
    const url = await serving((_request, response) => {
      tries += 1;
      response.writeHead(tries < 3 ? 503 : 200).end();
    });
    const given = { role: 'controller', env: NAMED } as const;
    expect(await told(url, given)).toEqual({ lines: [], tookMs: 20_000 });
    tries = -10;
    expect((await told(url, given)).lines).toMatchObject([{ level: WARN, msg: NOBODY_ANSWERS }]);
  });

  it('is no more than noted where the tasks have a network that the controller need not have', async () => {
    const env = { ...NAMED, RUNNER_NETWORK: 'tasks' };
    const { lines } = await told('http://nowhere.invalid:8500', { role: 'controller', env });
    expect(lines).toMatchObject([{ level: INFO, msg: NOT_SEEN_FROM_HERE }]);
  });

  it('is not looked for by an API that can only guess it', async () => {
    expect((await told('http://nowhere.invalid', { role: 'api' })).lines).toEqual([]);
    const { lines } = await told('http://nowhere.invalid', { role: 'api', env: NAMED });
    expect(lines).toMatchObject([{ level: WARN, msg: NOBODY_ANSWERS }]);
  });
});
