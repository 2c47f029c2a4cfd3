import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, expect, it } from 'vitest';
import { loadSettings } from '../config/index.ts';
import { credentialFiles } from './registry-images.ts';

const dir = mkdtempSync(join(tmpdir(), 'credentials-'));
afterAll(() => rmSync(dir, { recursive: true }));
const log = pino({ level: 'silent' });
const files = (env: Record<string, string>) =>
  credentialFiles(
    loadSettings(env, () => ''),
    log,
  );

it('a file of credentials that becomes faulty, or goes, is told as it is now', async () => {
  const path = join(dir, 'credentials.yaml');
  const [file] = files({ SWARMER_REGISTRY_CREDENTIALS: path });
  expect(await file?.problems()).toEqual([expect.stringContaining('no such file')]);
  writeFileSync(path, 'credentials: []\n');
  expect(await file?.problems()).toEqual([]);
  writeFileSync(path, 'credentials: [{ name: hub, password: hunter2 }]\n');
  const problems = (await file?.problems()) ?? [];
  expect(problems.join()).toMatch(/credentials\[0\]\.registry: must be/);
  expect(problems.join()).not.toContain('hunter2');
});

it('there is none where the settings name none', () => {
  expect(files({})).toEqual([]);
});
