import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../clock/clock.ts';
import { candidatesOf, parseHosts, parseSearchRules } from './name-files.ts';
import { createResolver, type ResolverOptions } from './resolver.ts';
import { NameServer, type Said } from './testing/name-server.ts';

interface World {
  names?: Record<string, Said>;
  hosts?: string;
  resolvConf?: string;
  limits?: Pick<ResolverOptions, 'totalMs' | 'tryMs' | 'tries'>;
}

/** A resolver with files and a name server of its own. */
async function resolving({ names = {}, hosts = '', resolvConf = '', limits }: World) {
  const folder = mkdtempSync(path.join(tmpdir(), 'swarmer-names-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files = {
    hosts: path.join(folder, 'hosts'),
    resolvConf: path.join(folder, 'resolv.conf'),
  };
  writeFileSync(files.hosts, hosts);
  writeFileSync(files.resolvConf, resolvConf);
  const server = await NameServer.start((name) => names[name]);
  const options = { clock: systemClock, files, servers: [server.address], ...limits };
  const resolve = createResolver(options);
  const ask = (name: string, family?: 4 | 6) =>
    new Promise<string[]>((done, fail) => {
      resolve(name, { all: true, ...(family === undefined ? {} : { family }) }, (error, found) =>
        error === null ? done(found.map(({ address }) => address)) : fail(error),
      );
    });
  return { ask, server, files };
}

describe('a name', () => {
  it('is asked of DNS for both families', async () => {
    const { ask } = await resolving({ names: { 'r.test': ['10.0.0.1', '10.0.0.2', 'fd00::7'] } });
    expect((await ask('r.test')).sort()).toEqual(['10.0.0.1', '10.0.0.2', 'fd00::7']);
    expect(await ask('r.test', 6)).toEqual(['fd00::7']);
    expect(await ask('r.test', 4)).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  it('of the hosts file is no question to DNS, in any case, and follows the file', async () => {
    const { ask, server, files } = await resolving({
      names: { 'r.test': ['10.0.0.1'] },
      hosts: '# a comment\n192.0.2.1 other R.test # mine\n2001:db8::1\tr.test\n',
    });
    expect((await ask('r.TEST')).sort()).toEqual(['192.0.2.1', '2001:db8::1']);
    expect(await ask('r.test.', 4)).toEqual(['192.0.2.1']);
    expect(server.asked).toEqual([]);
    writeFileSync(files.hosts, '192.0.2.99 r.test\n');
    expect(await ask('r.test')).toEqual(['192.0.2.99']);
    rmSync(files.hosts);
    expect(await ask('r.test')).toEqual(['10.0.0.1']);
  });

  it.each(['localhost', 'LOCALHOST.', 'a.localhost'])('%s is this machine', async (name) => {
    const { ask, server } = await resolving({});
    expect((await ask(name)).sort()).toEqual(['127.0.0.1', '::1']);
    expect(server.asked).toEqual([]);
  });

  it('is completed by the search list, in the order of resolv.conf', async () => {
    const { ask, server } = await resolving({
      names: { 'r.two.test': ['10.0.0.2'], 'a.b': ['10.0.0.3'] },
      resolvConf: 'domain none.test\nsearch one.test two.test.\noptions ndots:2 timeout:1\n',
    });
    expect(await ask('r')).toEqual(['10.0.0.2']);
    expect(await ask('a.b')).toEqual(['10.0.0.3']);
    const asked = ['r.one.test', 'r.two.test', 'a.b.one.test', 'a.b.two.test', 'a.b'];
    expect(server.asked).toEqual(asked);
    await expect(ask('r.')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    expect(server.asked).toEqual([...asked, 'r']);
  });

  it('that is not there, or has no address, is not found', async () => {
    const { ask } = await resolving({ names: { 'empty.test': [] } });
    await expect(ask('none.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(ask('empty.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(ask(`${'a'.repeat(64)}.test`)).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('whose zone is broken is tried again later', async () => {
    const { ask } = await resolving({ names: { 'broken.test': 'servfail' } });
    await expect(ask('broken.test')).rejects.toMatchObject({ code: 'EAI_AGAIN' });
  });

  it('of which one family gets no answer is had by the other', async () => {
    const { ask } = await resolving({ names: { 'half.test': 'no AAAA answer' } });
    const begun = performance.now();
    expect(await ask('half.test')).toEqual(['127.0.0.1']);
    expect(performance.now() - begun).toBeLessThan(900);
  });

  it('that gets no answer ends within its limit, and is asked for no more', async () => {
    const limits = { totalMs: 400, tryMs: 100, tries: 9 };
    const { ask, server } = await resolving({ names: { 'hangs.test': 'silence' }, limits });
    const begun = performance.now();
    await expect(ask('hangs.test')).rejects.toMatchObject({ code: 'ETIMEOUT' });
    expect(performance.now() - begun).toBeLessThan(900);
    expect(server.asked.length).toBeLessThan(9);
  });
});

it('a hundred names that hang hold up neither other names nor the reading of files', async () => {
  const names = { 'good.test': ['10.0.0.1'] };
  const hanging = new Proxy<Record<string, Said>>(names, {
    get: (known, name) => known[String(name)] ?? 'silence',
  });
  const limits = { totalMs: 1500, tryMs: 500, tries: 2 };
  const { ask } = await resolving({ names: hanging, limits });
  const hung = Array.from({ length: 100 }, (_, n) => ask(`r${n}.test`).catch(String));
  const begun = performance.now();
  expect(await ask('good.test')).toEqual(['10.0.0.1']);
  await stat('/');
  expect(performance.now() - begun).toBeLessThan(500);
  expect(new Set(await Promise.all(hung)).size).toBe(100);
});

describe('resolv.conf', () => {
  it.each([
    ['', 'vm', { domains: [], ndots: 1 }],
    ['', 'vm.example.org', { domains: ['example.org'], ndots: 1 }],
    ['domain a.test\n', 'vm.b', { domains: ['a.test'], ndots: 1 }],
    ['search a.test\nsearch b c #x', 'vm', { domains: ['b', 'c'], ndots: 1 }],
    ['options ndots:5 edns0\noptions rotate', 'vm', { domains: [], ndots: 5 }],
    ['options ndots:99', 'vm', { domains: [], ndots: 15 }],
    ['search .\noptions ndots:0', 'vm', { domains: [''], ndots: 0 }],
  ])('%j on %s', (text, host, rules) => {
    expect(parseSearchRules(text, host)).toEqual(rules);
  });

  it('of a container asks for a service by its bare name first, with ndots:0', () => {
    const rules = parseSearchRules(
      'nameserver 127.0.0.11\nsearch lan\noptions ndots:0\n',
      'c0ffee',
    );
    expect(candidatesOf('receiver', rules)).toEqual(['receiver', 'receiver.lan']);
  });
});

it('a hosts file gives all addresses of a name, each once', () => {
  const text = '127.0.0.1 a b\n::1 a\n\n127.0.0.1 A\nlonely\n';
  expect([...parseHosts(text)]).toEqual([
    ['a', ['127.0.0.1', '::1']],
    ['b', ['127.0.0.1']],
  ]);
});
