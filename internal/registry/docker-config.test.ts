import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../clock/fake-clock.ts';
import { CredentialHelper } from './credential-helper.ts';
import { DockerConfigFile } from './docker-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'swarmer-docker-config-'));
let clock: FakeClock;
let source: DockerConfigFile;

beforeEach(() => {
  vi.stubEnv('PATH', [folder, process.env['PATH']].join(delimiter));
  clock = new FakeClock();
  source = new DockerConfigFile(folder, new CredentialHelper(clock));
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function write(config: object | string): void {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  writeFileSync(join(folder, 'config.json'), text);
}

function program(name: string, script: string): void {
  const path = join(folder, `docker-credential-${name}`);
  writeFileSync(path, `#!/bin/sh\nread -r server\n${script}\n`);
  chmodSync(path, 0o755);
}

/** Of the helper that hangs. @throws Error before it has begun. */
function readPid(): number {
  const text = readFileSync(join(folder, 'pid'), 'utf8');
  if (!text.endsWith('\n')) throw new Error('it is being written');
  return Number(text);
}

const find = async (registry: string) => {
  const result = await source.find({ registry, namespace: 'default' });
  return result.kind === 'found' ? { from: result.login.source, ...result.login.auth } : result;
};

const auth = (pair: string) => ({ auth: Buffer.from(pair).toString('base64') });

describe('the file itself', () => {
  it.each([
    ['registry:5000', 'registry:5000'],
    ['https://registry:5000/v2/', 'registry:5000'],
    ['https://index.docker.io/v1/', 'docker.io'],
  ])('finds the login under %s for %s', async (key, registry) => {
    write({ auths: { 'other.example': auth('x:y'), [key]: auth('u:p:q') } });
    expect(await find(registry)).toMatchObject({ username: 'u', password: 'p:q' });
  });

  it('knows identity tokens', async () => {
    write({ auths: { r: { ...auth('u:'), identitytoken: 't' } } });
    expect(await find('r')).toMatchObject({ username: 'u', identitytoken: 't' });
  });

  it.each([{}, { auths: {} }, { auths: { r: {} } }])('has none in %j', async (config) => {
    write(config);
    expect(await find('r')).toEqual({ kind: 'none' });
  });

  it('is read again at every use', async () => {
    write({ auths: { r: auth('u:old') } });
    expect(await find('r')).toMatchObject({ password: 'old' });
    write({ auths: { r: auth('u:new') } });
    expect(await find('r')).toMatchObject({ password: 'new' });
  });

  it('that is cut off is a failure that may pass, and is not shown', async () => {
    write('{"auths": {"r": {"auth": "s3cret');
    const result = await find('r');
    expect(result).toMatchObject({ kind: 'failed', passing: true });
    expect(JSON.stringify(result)).not.toContain('s3cret');
  });
});

describe('helpers', () => {
  it("come in Docker's order: the registry's own, the store of all, the file", async () => {
    program('own', 'echo "{\\"Username\\":\\"own\\",\\"Secret\\":\\"$server\\"}"');
    program(
      'all',
      'case $server in known) echo \'{"Username":"<token>","Secret":"t"}\';; *) echo credentials not found in native keychain; exit 1;; esac',
    );
    write({
      credHelpers: { r: 'own' },
      credsStore: 'all',
      auths: { r: auth('file:r'), known: auth('file:known'), else: auth('file:else') },
    });
    expect(await find('r')).toMatchObject({ username: 'own', password: 'r' });
    expect(await find('known')).toMatchObject({
      identitytoken: 't',
      from: 'docker-credential-all',
    });
    expect(await find('else')).toMatchObject({ username: 'file', password: 'else' });
  });

  it("are asked for Docker's own registry by its address", async () => {
    program('own', 'echo "{\\"Username\\":\\"u\\",\\"Secret\\":\\"$server\\"}"');
    write({ credHelpers: { 'docker.io': 'own' } });
    expect(await find('docker.io')).toMatchObject({ password: 'https://index.docker.io/v1/' });
  });

  it('are asked once for the tasks that start together, and again later', async () => {
    const calls = join(folder, 'calls');
    program(
      'count',
      `echo x >>${calls}; echo "{\\"Username\\":\\"u\\",\\"Secret\\":\\"$(wc -l <${calls})\\"}"`,
    );
    write({ credHelpers: { r: 'count' } });
    const together = await Promise.all([find('r'), find('r')]);
    expect(together.map((it) => ('password' in it ? it.password : it))).toEqual(['1', '1']);
    clock.advance(31_000);
    expect(await find('r')).toMatchObject({ password: '2' });
  });

  it.each([
    ['missing', '', 'is not installed where swarmer runs', false],
    ['failing', 'echo s3cret; echo s3cret >&2; exit 3', 'exited with 3', true],
    ['babbling', 'echo s3cret', 'printed no login', true],
    ['../own', '', 'has no proper name', false],
  ])('that are %s are told without what they print', async (name, script, words, passing) => {
    if (script !== '') program(name, script);
    write({ credHelpers: { r: name } });
    const result = await find('r');
    expect(result).toMatchObject({ kind: 'failed', passing });
    expect(JSON.stringify(result)).toContain(words);
    expect(JSON.stringify(result)).not.toContain('s3cret');
  });

  it('that hang are ended', async () => {
    program('hanging', `echo $$ >${join(folder, 'pid')}; exec sleep 600`);
    write({ credHelpers: { r: 'hanging' } });
    const asking = find('r');
    await vi.waitFor(() => expect(() => readPid()).not.toThrow(), 5000);
    clock.advance(10_000);
    const words = expect.stringContaining('did not answer within 10 s');
    expect(await asking).toMatchObject({ kind: 'failed', message: words, passing: true });
    await vi.waitFor(() => expect(() => process.kill(readPid(), 0)).toThrow(), 5000);
  });
});
