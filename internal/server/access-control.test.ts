import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterAll, describe, expect, it } from 'vitest';
import { hashOf, newToken } from '../access/index.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import { loadSettings, SettingsError } from '../config/index.ts';
import { openAccessControl } from './access-control.ts';

const EXAMPLE = fileURLToPath(new URL('../../manifests/access.yaml', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'access-'));
afterAll(() => rmSync(dir, { recursive: true }));

const text = (...lines: string[]) =>
  ['apiVersion: swarmer/v1', 'kind: Access', 'tokens:', ...lines, ''].join('\n');
const entry = (name: string, token: string) =>
  `- { name: ${name}, role: view, namespaces: "*", hash: "${hashOf(token)}" }`;

function open(env: Record<string, string>, role = 'api') {
  const settings = loadSettings(env, () => '');
  const [clock, log] = [new FakeClock(), pino({ level: 'silent' })];
  return openAccessControl({ role, settings, clock, log }).then((control) => ({ control, clock }));
}

describe('access to the API', () => {
  it('is open without tokens and without a file', async () => {
    const { control } = await open({});
    expect(control.api.access.identify(undefined)).toMatchObject({
      role: 'admin',
      namespaces: '*',
    });
  });

  it('is closed by a file, whatever is in it', async () => {
    const { control } = await open({ SWARMER_ACCESS_FILE: EXAMPLE, SWARMER_POLICY: 'none' });
    expect(control.api.access.identify(undefined)).toBeUndefined();
  });

  it('is by the tokens of the file and by those of the settings', async () => {
    const path = join(dir, 'both.yaml');
    const token = newToken();
    writeFileSync(path, text(entry('one', token)));
    const { control } = await open({
      ...{ SWARMER_ACCESS_FILE: path, SWARMER_API_TOKENS: 'token-of-an-operator' },
    });
    expect(control.api.access.identify(token)?.name).toBe('one');
    expect(control.api.access.identify('token-of-an-operator')?.role).toBe('admin');
  });

  it('follows the file, keeps to the last that was right, and shows that it does', async () => {
    const path = join(dir, 'changing.yaml');
    const [one, two] = [newToken(), newToken()];
    writeFileSync(path, text(entry('one', one)));
    const { control, clock } = await open({ SWARMER_ACCESS_FILE: path });
    const [file] = control.files;
    const over = new AbortController();
    const running = control.run(over.signal);
    const eventually = (look: () => unknown) =>
      expect.poll(async () => {
        clock.advance(1000);
        return look();
      });
    writeFileSync(path, text(entry('two', two)));
    await eventually(() => control.api.access.identify(two)?.name).toBe('two');
    expect(control.api.access.identify(one)).toBeUndefined();
    expect(await file?.problems()).toEqual([]);
    writeFileSync(path, text('- name: two'));
    await eventually(async () => (await file?.problems())?.join()).toContain('is required');
    expect(control.api.access.identify(two)?.name).toBe('two');
    over.abort();
    await running;
  });

  it('gives no namespaces to people who would not be kept apart, unless told so', async () => {
    const path = join(dir, 'tenants.yaml');
    const [one, two] = [newToken(), newToken()];
    const tenant = `- { name: a, role: submit, namespaces: [a], hash: "${hashOf(one)}" }`;
    writeFileSync(path, text(tenant, entry('viewer', two)));
    const refused = await open({ SWARMER_ACCESS_FILE: path }).catch((error) => error);
    expect(refused).toBeInstanceOf(SettingsError);
    expect(refused.message).toMatch(
      /^SWARMER_ACCESS_FILE: .*:4:\d+: tokens\[0\]\.namespaces: without a policy .*SWARMER_POLICY.*"none"/m,
    );
    const { control } = await open({ SWARMER_ACCESS_FILE: path, SWARMER_POLICY: 'none' });
    expect(control.api.access.identify(one)?.name).toBe('a');
    const viewing = tenant.replace('submit', 'view');
    writeFileSync(path, text(viewing));
    await expect(open({ SWARMER_ACCESS_FILE: path })).resolves.toBeDefined();
  });

  it('does not begin with a file that is faulty, and says where it is', async () => {
    const path = join(dir, 'faulty.yaml');
    writeFileSync(path, text('- { name: One, role: view, namespaces: [a] }'));
    const refused = await open({ SWARMER_ACCESS_FILE: path }).catch((error) => error);
    expect(refused).toBeInstanceOf(SettingsError);
    expect(refused.message).toContain(`SWARMER_ACCESS_FILE: ${path}:4:11: tokens[0].name: must be`);
    expect(refused.message).toContain('tokens[0].hash: is required');
    await expect(open({ SWARMER_ACCESS_FILE: path }, 'controller')).resolves.toBeDefined();
  });
});
