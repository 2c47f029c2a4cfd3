import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configPath, writeConfigFile } from './config-file.ts';
import { Options } from './options.ts';
import { readSettings } from './settings.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'swarmerctl-'));
  path = join(directory, 'deep', 'config.yaml');
});

afterEach(() => rmSync(directory, { recursive: true }));

async function read(options: Record<string, unknown> = {}, env: Record<string, string> = {}) {
  const settings = await readSettings({ SWARMER_CONFIG: path, ...env }, new Options(options));
  return [settings.server.href, settings.token, settings.namespace];
}

const FILE = {
  currentContext: 'prod',
  contexts: [
    { name: 'prod', server: 'https://prod/', token: 'p', namespace: 'reports' },
    { name: 'test', server: 'https://test/' },
  ],
};

describe('the settings of a run', () => {
  it('have a default each', async () => {
    expect(await read()).toEqual(['http://127.0.0.1:8500/', undefined, 'default']);
  });

  it('are those of the current context', async () => {
    await writeConfigFile(path, FILE);
    expect(await read()).toEqual(['https://prod/', 'p', 'reports']);
  });

  it('come from the environment before the current context', async () => {
    await writeConfigFile(path, FILE);
    const env = { SWARMER_SERVER: 'http://env', SWARMER_TOKEN: 'e' };
    expect(await read({}, env)).toEqual(['http://env/', 'e', 'reports']);
  });

  it('come from a context that was named before the environment', async () => {
    await writeConfigFile(path, FILE);
    const env = { SWARMER_SERVER: 'http://env', SWARMER_TOKEN: 'e' };
    expect(await read({ context: 'prod' }, env)).toEqual(['https://prod/', 'p', 'reports']);
    expect(await read({ context: 'test' }, env)).toEqual(['https://test/', 'e', 'default']);
  });

  it('come from options before all', async () => {
    await writeConfigFile(path, FILE);
    const options = { server: 'http://opt', token: 'o', namespace: 'n', context: 'test' };
    expect(await read(options)).toEqual(['http://opt/', 'o', 'n']);
  });

  it("never send a context's token to another server", async () => {
    await writeConfigFile(path, FILE);
    expect(await read({ server: 'http://other' })).toEqual(['http://other/', undefined, 'reports']);
    expect(await read({}, { SWARMER_SERVER: 'http://env' })).toEqual([
      'http://env/',
      undefined,
      'reports',
    ]);
  });

  it('name what cannot be used', async () => {
    await writeConfigFile(path, FILE);
    await expect(read({ context: 'prdo' })).rejects.toThrow('it has "prod", "test"');
    await expect(read({ server: 'ftp://x' })).rejects.toThrow('not "ftp://x"');
    writeFileSync(path, 'contexts: [{server: 5}]');
    await expect(read()).rejects.toThrow('contexts[0].name must be a text');
    writeFileSync(path, 'contexts: [');
    await expect(read()).rejects.toThrow(`the config file ${path} is not valid`);
  });
});

describe('the config file', () => {
  it('can be read by its owner alone, also when it was open before', async () => {
    await writeConfigFile(path, FILE);
    writeFileSync(`${path}.${process.pid}.new`, 'left', { mode: 0o644 });
    await writeConfigFile(path, FILE);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is where the environment says', () => {
    expect(configPath({ SWARMER_CONFIG: '/x' })).toBe('/x');
    expect(configPath({ XDG_CONFIG_HOME: '/c', HOME: '/h' })).toBe('/c/swarmer/config.yaml');
    expect(configPath({ HOME: '/h' })).toBe('/h/.config/swarmer/config.yaml');
  });
});
