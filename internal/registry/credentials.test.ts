import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, expect, it } from 'vitest';
import type { LoginResult } from '../apis/index.ts';
import { BasicAuth } from './basic-auth.ts';
import { RegistryCredentials } from './credentials.ts';
import { found } from './login.ts';
import { NamedCredentials } from './named-credentials.ts';
import type { LoginRequest } from './source.ts';

const folder = mkdtempSync(join(tmpdir(), 'swarmer-credentials-'));
const path = join(folder, 'registries.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

const log: string[] = [];
const logger = pino({ level: 'trace' }, { write: (line: string) => log.push(line) });

/** Has a login for every registry, under its own name. */
function source(name: string, result?: LoginResult) {
  return {
    names: async () => [],
    find: async ({ registry }: LoginRequest) => result ?? found(registry, name, { password: name }),
  };
}

const none = source('', { kind: 'none' });
const broken = source('', { kind: 'failed', message: 'it is broken', passing: true });

function write(...entries: string[]): void {
  writeFileSync(path, `credentials: [${entries.join(', ')}]`);
}

const entry = (name: string, more = '') =>
  `{name: ${name}, registry: r.example, username: u, password: s3cret-${name}${more}}`;

async function from(credentials: RegistryCredentials, wish: object = {}) {
  const result = await credentials.find({ image: 'r.example/app', namespace: 'a', ...wish });
  return result.kind === 'found' ? result.login.source : result;
}

it('takes the first source that has one', async () => {
  const credentials = new RegistryCredentials(none, [none, source('second'), source('third')]);
  expect(await from(credentials)).toBe('second');
});

it('goes on behind a source that fails, and tells of it when there is no other', async () => {
  expect(await from(new RegistryCredentials(broken, [source('next')]))).toBe('next');
  expect(await from(new RegistryCredentials(none, [broken, none]))).toMatchObject({
    kind: 'failed',
  });
});

it('takes one that is asked for by name from the file of the operator alone', async () => {
  write(entry('one'), entry('two'));
  const credentials = new RegistryCredentials(new NamedCredentials(path, logger), [
    source('other'),
  ]);
  expect(await from(credentials)).toBe('credential "one"');
  expect(await from(credentials, { credential: 'two' })).toBe('credential "two"');
  expect(await from(credentials, { image: 'else.example/app' })).toBe('other');
  const unknown = await from(credentials, { credential: 'three' });
  expect(unknown).toMatchObject({ kind: 'refused', message: expect.stringContaining('"three"') });
});

it('never gives a credential to a registry that it is not for', async () => {
  write(entry('one'));
  const credentials = new RegistryCredentials(new NamedCredentials(path, logger), []);
  const wish = { credential: 'one', image: 'evil.example/app' };
  expect(await from(credentials, wish)).toEqual({
    kind: 'refused',
    message: 'registry credential "one" is for r.example, and the image is of evil.example',
  });
});

it('keeps the credentials of a namespace from the others, their names too', async () => {
  write(entry('mine', ', namespaces: [b]'), entry('open'));
  const credentials = new RegistryCredentials(new NamedCredentials(path, logger), []);
  expect(await from(credentials)).toBe('credential "open"');
  expect(await from(credentials, { namespace: 'b' })).toBe('credential "mine"');
  const [hidden, absent] = await Promise.all(
    ['mine', 'none'].map((credential) => from(credentials, { credential })),
  );
  const message = (it: unknown) => JSON.stringify(it).replace(/mine|none/, '');
  expect(message(hidden)).toBe(message(absent));
});

it('tells which names jobs may choose, and nothing else of them', async () => {
  write(entry('one', ', namespaces: [b]'), entry('two'));
  const credentials = new RegistryCredentials(new NamedCredentials(path, logger), [
    source('other'),
  ]);
  expect(await credentials.names()).toEqual([{ name: 'one', namespaces: ['b'] }, { name: 'two' }]);
  expect(await new RegistryCredentials(undefined, []).names()).toEqual([]);
  writeFileSync(path, '{');
  expect(await credentials.names()).toBeUndefined();
});

it('refuses a name where there is no file', async () => {
  const credentials = new RegistryCredentials(undefined, [source('other')]);
  expect(await from(credentials, { credential: 'one' })).toMatchObject({ kind: 'refused' });
});

it('reads the password file of an entry at every use', async () => {
  const password = join(folder, 'password');
  write(`{name: a, registry: r.example, username: u, passwordFile: ${password}}`);
  const credentials = new RegistryCredentials(new NamedCredentials(path, logger), []);
  expect(await from(credentials)).toMatchObject({ kind: 'failed', passing: true });
  for (const text of ['old', 'new']) {
    writeFileSync(password, `${text}\n`);
    const result = await credentials.find({ image: 'r.example/app', namespace: 'a' });
    expect(result.kind === 'found' && result.login.auth.password).toBe(text);
  }
});

it('tells the operator, in the log, what is wrong with the file, and not its secrets', async () => {
  writeFileSync(path, 'credentials: [{name: a, registry: r, username: u, pass: s3cret}]');
  const named = new NamedCredentials(path, logger);
  expect(await from(new RegistryCredentials(named, []))).toMatchObject({ kind: 'failed' });
  expect(log.join()).toContain('unknown field \\"pass\\"');
  expect(log.join()).not.toContain('s3cret');
  expect(await named.problems()).toHaveLength(2);
  expect(await new NamedCredentials('/no/such/file', logger).problems()).toHaveLength(1);
});

it('uses the login of the settings for its registry, from files that may change', async () => {
  const password = join(folder, 'basic');
  writeFileSync(password, 'old\n');
  const basic = new BasicAuth({
    registry: 'https://index.docker.io/v1/',
    username: { value: 'u' },
    password: { value: 'old', file: password },
  });
  const find = (registry: string) => basic.find({ registry, namespace: 'a' });
  expect(await find('r.example')).toEqual({ kind: 'none' });
  writeFileSync(password, 'new\n');
  const result = await find('docker.io');
  expect(result.kind === 'found' && result.login.auth).toMatchObject({ password: 'new' });
  rmSync(password);
  expect(await find('docker.io')).toMatchObject({ kind: 'failed', passing: true });
});
