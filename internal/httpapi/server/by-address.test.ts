import type { RequestListener } from 'node:http';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { splitByAddress } from './by-address.ts';
import { listen } from './listen.ts';

const log = pino({ level: 'silent' });
const says =
  (text: string): RequestListener =>
  (_request, response) =>
    response.end(text);
const apps = { users: says('users'), reports: says('reports') };

/** Who answers on these addresses of a server that listens on `host`. */
async function answers(reportOnly: string[], host: string, addresses: string[]) {
  const server = await listen(splitByAddress({ ...apps, reportOnly }), { host, port: 0, log });
  try {
    const urls = addresses.map((address) => `http://${address}:${server.address.port}/`);
    return await Promise.all(urls.map(async (url) => (await fetch(url)).text()));
  } finally {
    await server.close(0);
  }
}

describe('splitByAddress', () => {
  it('shows only the report endpoint on the addresses of a network', async () => {
    const both = ['127.0.0.1', '127.7.0.1'];
    expect(await answers(['127.7.0.0/16'], '0.0.0.0', both)).toEqual(['users', 'reports']);
    expect(await answers(['127.7.0.1'], '0.0.0.0', both)).toEqual(['users', 'reports']);
    expect(await answers([], '0.0.0.0', both)).toEqual(['users', 'users']);
  });

  it('knows an IPv4 address also where the server listens on all of IPv6', async () => {
    const both = ['127.0.0.1', '127.7.0.1'];
    expect(await answers(['127.7.0.0/16'], '::', both)).toEqual(['users', 'reports']);
    expect(await answers(['::1'], '::', ['[::1]', '127.0.0.1'])).toEqual(['reports', 'users']);
  });
});
