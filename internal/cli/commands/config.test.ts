import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EXIT } from '../errors.ts';
import { FakeApi } from '../testing/fake-api.ts';
import { expectGolden } from '../testing/golden.ts';
import { job } from '../testing/objects.ts';
import { run } from '../testing/run.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'swarmerctl-'));
  path = join(directory, 'swarmer', 'config.yaml');
});

afterEach(() => rmSync(directory, { recursive: true }));

async function config(...argv: string[]) {
  return run(['config', ...argv], { env: { SWARMER_CONFIG: path } });
}

async function fill(): Promise<void> {
  const prod = ['--server', 'https://swarmer.example', '--token', 'hush', '--namespace', 'reports'];
  expect((await config('set-context', 'prod', ...prod)).code).toBe(EXIT.ok);
  expect((await config('set-context', 'test', '--server', 'http://test:8500')).code).toBe(EXIT.ok);
}

it('notes contexts; the first one is the current one', async () => {
  await fill();
  expectGolden('contexts', (await config('get-contexts')).stdout);
  expect((await config('get-contexts', '-o', 'name')).stdout).toBe('prod\ntest\n');
  expect((await config('current-context')).stdout).toBe('prod\n');
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('changes what is given of a context, and leaves the rest', async () => {
  await fill();
  await config('set-context', 'prod', '--namespace', 'other');
  const { stdout } = await config('view');
  expectGolden('config-view', stdout);
  expect(readFileSync(path, 'utf8')).toContain('token: hush');
});

it('changes the current context, and forgets one', async () => {
  await fill();
  await config('use-context', 'test');
  expect((await config('current-context')).stdout).toBe('test\n');
  await config('delete-context', 'test');
  expect((await config('get-contexts', '-o', 'name')).stdout).toBe('prod\n');
  const { code, stderr } = await config('current-context');
  expect([code, stderr]).toEqual([EXIT.error, expect.stringContaining('use-context NAME')]);
});

it('says what there is when a context is not there', async () => {
  await fill();
  for (const verb of ['use-context', 'delete-context']) {
    const { code, stderr } = await config(verb, 'prdo');
    expect([code, stderr]).toEqual([EXIT.notFound, expect.stringContaining('"prod", "test"')]);
  }
});

it('refuses a server that is no address, and writes nothing', async () => {
  expect((await config('set-context', 'x', '--server', 'nonsense')).code).toBe(EXIT.usage);
  expect((await config('get-contexts')).stderr).toContain('has no contexts');
});

it('is what other verbs go by', async () => {
  const api = await FakeApi.start();
  try {
    api.put(job('a', { namespace: 'reports' }));
    const env = { SWARMER_CONFIG: path };
    const given = ['--server', api.url, '--token', 't', '--namespace', 'reports'];
    await config('set-context', 'fake', ...given);
    expect((await run(['get', 'jobs', '-o', 'name'], { env })).stdout).toBe('job/a\n');
    expect(api.requests[0]?.headers.authorization).toBe('Bearer t');
  } finally {
    await api.close();
  }
});
