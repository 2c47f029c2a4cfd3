import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, expect, it } from 'vitest';
import { loadSettings, SettingsError } from '../config/index.ts';
import { openAuditLog } from './audit-log.ts';

const dir = mkdtempSync(join(tmpdir(), 'audit-'));
afterAll(() => rmSync(dir, { recursive: true }));

const log = pino({ level: 'silent' });
const open = (path: string, more: Record<string, string> = {}) =>
  openAuditLog(
    loadSettings({ SWARMER_AUDIT_LOG: path, ...more }, () => ''),
    log,
  );
const entry = {
  request: 'r',
  who: 'ci',
  remote: '::1',
  verb: 'create',
  path: '/submit',
  status: 201,
};

it('is written line by line, whatever the log level, for its owner and its group to read', () => {
  const path = join(dir, 'new/audit.log');
  const audit = open(path, { SWARMER_LOG_LEVEL: 'silent' });
  audit.write(entry);
  audit.write({ ...entry, status: 403 });
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { audit: true, ...entry, time: expect.any(String) },
    { status: 403 },
  ]);
  expect(statSync(path).mode & 0o007).toBe(0);
});

it('goes on behind what is in its file', () => {
  const path = join(dir, 'old.log');
  writeFileSync(path, 'before\n');
  open(path).write(entry);
  expect(readFileSync(path, 'utf8')).toMatch(/^before\n\{.*\}\n$/);
});

it('must be writable to begin with', () => {
  expect(() => open(dir)).toThrow(SettingsError);
  expect(() => open(dir)).toThrow(/^SWARMER_AUDIT_LOG: the file cannot be opened/);
});

it('is told at once where it cannot be: nothing is made in /proc, and trying would never end', () => {
  expect(() => open('/proc/swarmer/audit.log')).toThrow(SettingsError);
  expect(() => open('/proc/swarmer/audit.log')).toThrow(/^SWARMER_AUDIT_LOG: .*it is in proc/);
});

it('is not written where it is off', () => {
  expect(() => open('off').write(entry)).not.toThrow();
});
