import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import type { Redis } from '../lab/redis.ts';
import { cleanEnv } from '../lab/spawn.ts';
import { Swarmer } from '../support/swarmer.ts';

/*
 * S1 in a real browser: a page of another origin, and one whose name is made to resolve to this machine, try what
 * such pages can. The same page against a server that was told of its name shows that the attempts are real.
 */

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Not every browser asks before a page reaches this machine, and none when the page is of it.
  '--disable-features=LocalNetworkAccessChecks',
];
const EVIL = 'evil.example';

const lab = injectLab();
let redis: Redis;
let browser: BrowserContext;
let site: Server;
const servers: Record<string, Swarmer> = {};
let job: string;
let page: Page;

beforeAll(async () => {
  redis = await lab.startRedis();
  const env = { REDIS_URL: `redis+unix://${redis.socketPath}` };
  const role = 'api';
  const start = async (name: string, more: Record<string, string>) => {
    servers[name] = await new Swarmer(lab, { role, env: { ...env, ...more } }).start();
  };
  await start('without tokens', {});
  await start('with tokens', {
    SWARMER_HOST: '127.0.0.1',
    SWARMER_API_TOKENS: 'the-token-of-an-operator',
  });
  await start('that was told of the name', { SWARMER_ALLOWED_HOSTS: EVIL });
  site = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<title>a page</title><body>');
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  // All that it writes goes with the lab, also when the run is killed: it ends with its pipe.
  const home = mkdtempSync(join(lab.dir, 'chromium-'));
  browser = await chromium.launchPersistentContext(join(home, 'profile'), {
    executablePath: CHROMIUM,
    args: [...FLAGS, `--host-resolver-rules=MAP ${EVIL} 127.0.0.1`],
    env: { ...cleanEnv, HOME: home },
  });
  page = await browser.newPage();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  site?.close();
  await Promise.all(Object.values(servers).map((server) => server.end()));
  await redis?.stop();
});

beforeEach(async () => {
  job = await on('without tokens').submit({ image_name: 'busybox', callback_url: null });
});

function on(name: string): Swarmer {
  const server = servers[name];
  if (server === undefined) throw new Error(`no server is called ${name}`);
  return server;
}

/** What can be seen of the store: each job with whether it is suspended or ends. */
async function jobs(): Promise<string> {
  const answer = await on('without tokens').request('/v1/jobs');
  const { items } = (await answer.json()) as {
    items: { metadata: { uid: string }; spec: { suspend?: boolean }; status: object }[];
  };
  const all = items.map(({ metadata, spec, status }) => [metadata.uid, spec.suspend, status]);
  return JSON.stringify(all.toSorted());
}

/** Runs in the page: the ways in which a script sends something. @returns what it could read of the answers. */
async function attempts({ to, uid }: { to: string; uid: string }): Promise<string[]> {
  const body = JSON.stringify({ image_name: 'busybox', callback_url: null, tasks: [] });
  const read: string[] = [];
  const sent = async (path: string, init: RequestInit) => {
    try {
      const answer = await fetch(to + path, init);
      if (answer.type !== 'opaque') read.push(`${answer.status} ${await answer.text()}`);
    } catch (error) {
      // The browser keeps the answer from the page.
      if (!(error instanceof TypeError)) throw error;
    }
  };
  for (const path of [`/v1/jobs/${uid}/suspend`, `/v1/jobs/${uid}/cancel`]) {
    await sent(path, { method: 'POST', mode: 'no-cors', body: '' });
  }
  await sent('/submit', { method: 'POST', mode: 'no-cors', body });
  const json = { 'content-type': 'application/json', authorization: 'Bearer guess' };
  await sent('/submit', { method: 'POST', headers: json, body });
  await sent(`/v1/jobs/${uid}`, { method: 'DELETE' });
  for (const path of ['/v1/jobs', `/status/${uid}`, '/metrics']) {
    await sent(path, {});
  }
  return read;
}

/** The same by what only pages have: a beacon, an event stream, a frame without an origin. */
function pageAttempts({ to, uid }: { to: string; uid: string }): string {
  const call = `fetch('${to}/v1/jobs/${uid}/suspend', { method: 'POST', mode: 'no-cors' })`;
  const script = `${call}.catch(() => 0).then(() => parent.postMessage('sent', '*'))`;
  return `(async () => {
    const read = [];
    navigator.sendBeacon('${to}/v1/jobs/${uid}/cancel', '');
    await new Promise((resolve) => {
      const source = new EventSource('${to}/v1/jobs?watch=true');
      const over = () => resolve(source.close());
      source.addEventListener('ADDED', ({ data }) => over(read.push('200 ' + data)));
      source.onerror = over;
    });
    await new Promise((resolve) => {
      addEventListener('message', resolve, { once: true });
      const frame = document.createElement('iframe');
      frame.sandbox = 'allow-scripts';
      frame.srcdoc = ${JSON.stringify(`<script>${script}<`)} + '/script>';
      document.body.append(frame);
    });
    return read;
  })()`;
}

/** Opens a page that its name had before it was made to resolve to a server. */
async function openRebound(to: string): Promise<void> {
  const body = '<title>a page</title>';
  await page.route(`${to}/page`, (route) => route.fulfill({ contentType: 'text/html', body }));
  await page.goto(`${to}/page`);
}

/** Whatever the page that is open can do. @returns what it could read of the answers. */
async function attack(to: string): Promise<string[]> {
  const read = await page.evaluate(attempts, { to, uid: job });
  read.push(...(await page.evaluate<string[]>(pageAttempts({ to, uid: job }))));
  await page.setContent(
    `<form method="POST" enctype="text/plain" action="${to}/v1/jobs/${job}/suspend"><button>`,
  );
  await Promise.all([page.waitForNavigation(), page.click('button')]);
  return read;
}

describe.each(['without tokens', 'with tokens'])('a server %s', (name) => {
  test('is neither changed nor read by a page of another origin', async () => {
    const { port } = site.address() as AddressInfo;
    const before = await jobs();
    for (const origin of [`http://${EVIL}:${port}`, `http://127.0.0.1:${port}`]) {
      await page.goto(origin);
      const to = `http://127.0.0.1:${on(name).port}`;
      expect(await attack(to)).toEqual([]);
    }
    expect(await jobs()).toBe(before);
  });

  test('is neither changed nor read by a name that is made to resolve to it', async () => {
    const before = await jobs();
    const to = `http://${EVIL}:${on(name).port}`;
    const first = await page.goto(`${to}/v1/jobs`);
    expect(await first?.text()).not.toContain(job);
    await openRebound(to);
    const read = await attack(to);
    expect(read).not.toEqual([]);
    // 429: too many guesses at a token.
    for (const answer of read) {
      expect(answer).toMatch(/^4(01|03|29) /);
      expect(answer).not.toContain(job);
    }
    expect(await jobs()).toBe(before);
  });
});

test('the attempts are real: a server that was told of the name is read and changed by it', async () => {
  const before = await jobs();
  const to = `http://${EVIL}:${on('that was told of the name').port}`;
  await openRebound(to);
  const read = await attack(to);
  expect(read.some((answer) => answer.startsWith('200 ') && answer.includes(job))).toBe(true);
  // The event stream.
  expect(read.at(-1)).toMatch(/^200 .*"uid":/);
  expect(await jobs()).not.toBe(before);
});
