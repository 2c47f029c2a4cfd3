import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../clock/fake-clock.ts';
import { loadSettings, SettingsError } from '../config/index.ts';
import { PolicyKeeper } from './policy-keeper.ts';

let folder: string;
let path: string;
let clock: FakeClock;
let stop: AbortController;
let lines: { level: number; msg: string; faults?: string[] }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swarmer-policy-'));
  path = join(folder, 'policy.yaml');
  clock = new FakeClock();
  stop = new AbortController();
  lines = [];
});

afterEach(async () => {
  stop.abort();
  await rm(folder, { recursive: true });
});

function allowing(pattern: string): string {
  return `apiVersion: swarmer/v1\nkind: Policy\ndefault:\n  images: {allow: ["${pattern}"]}\n`;
}

async function open(): Promise<PolicyKeeper> {
  const settings = loadSettings({ SWARMER_POLICY: path }, () => '');
  const log = pino({}, { write: (line) => lines.push(JSON.parse(line)) });
  const keeper = await PolicyKeeper.open(settings, { clock, log });
  void keeper.run(stop.signal);
  return keeper;
}

const allowed = (keeper: PolicyKeeper) => keeper.rulesOf('default').images.allow;

/** Lets the keeper look until it has seen what it is to see. */
function seen(check: () => void): Promise<void> {
  return vi.waitFor(() => {
    clock.advance(2000);
    check();
  }, 10_000);
}

describe('without a policy file', () => {
  it('jobs that say nothing of it are removed when the settings say', async () => {
    const settings = loadSettings({ SWARMER_JOB_TTL_SECONDS: '60' }, () => '');
    const keeper = await PolicyKeeper.open(settings, { clock, log: pino({ level: 'silent' }) });
    expect(keeper.rulesOf('default').defaults).toEqual({ ttlSecondsAfterFinished: 60 });
  });
});

describe('a policy file', () => {
  it('is in force from the start, and anew when it has changed', async () => {
    await writeFile(path, allowing('a/**'));
    const keeper = await open();
    expect(allowed(keeper)).toEqual(['a/**']);
    await writeFile(`${path}.new`, allowing('b/**'));
    await rename(`${path}.new`, path);
    await seen(() => expect(allowed(keeper)).toEqual(['b/**']));
    expect(lines.map(({ msg }) => msg)).toContain('the policy has changed and is in force');
  });

  it('that is broken leaves the one before in force, and is told as an error', async () => {
    await writeFile(path, allowing('a/**'));
    const keeper = await open();
    await writeFile(path, `${allowing('b/**')}  imges: {}\n`);
    await seen(() => expect(lines.some(({ level }) => level === 50)).toBe(true));
    expect(allowed(keeper)).toEqual(['a/**']);
    const { faults } = lines.find(({ level }) => level === 50) ?? {};
    expect(faults).toEqual([
      expect.stringMatching(/policy\.yaml:5:3: default\.imges: unknown field/),
    ]);
    await writeFile(path, allowing('c/**'));
    await seen(() => expect(allowed(keeper)).toEqual(['c/**']));
  });

  it('that is gone leaves the one before in force', async () => {
    await writeFile(path, allowing('a/**'));
    const keeper = await open();
    await rm(path);
    await seen(() => expect(lines.some(({ level }) => level === 50)).toBe(true));
    expect(allowed(keeper)).toEqual(['a/**']);
  });

  it.each([
    ['is not there', undefined, /SWARMER_POLICY: .*no such file/],
    [
      'has a fault',
      'apiVersion: swarmer/v1\nkind: Polcy\n',
      /policy\.yaml:2:7: kind: must be "Policy"/,
    ],
    ['is empty', '', /has no policy in it/],
    ['has two documents', `${allowing('a')}---\n${allowing('b')}`, /6:1: a policy file holds one/],
  ])('that %s keeps the server from starting', async (_, text, message) => {
    if (text !== undefined) await writeFile(path, text);
    const opening = open();
    await expect(opening).rejects.toThrow(SettingsError);
    await expect(opening).rejects.toThrow(message);
  });
});

it('the example in manifests can be used as it is', async () => {
  path = 'manifests/policy.yaml';
  expect(allowed(await open())).toContain('docker.io/library/**');
});

it('the path of the file is not what is in it', () => {
  const load = () => loadSettings({ SWARMER_POLICY_FILE: path }, () => allowing('a'));
  expect(load).toThrow(/SWARMER_POLICY: it must be the path of the file, not what is in it/);
});
