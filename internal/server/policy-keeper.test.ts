import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobSpec } from '../apis/index.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import { loadSettings, SettingsError } from '../config/index.ts';
import { below, judge } from '../policy/index.ts';
import { PolicyKeeper } from './policy-keeper.ts';

let folder: string;
let path: string;
let clock: FakeClock;
let stop: AbortController;
let lines: { level: number; msg: string; problems?: string[] }[];

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
    clock.advance(1000);
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

describe("the names by which Swarmer's own parts are reached", () => {
  const ENV = {
    SWARMER_REPORT_URL: 'http://Swarmer-Report.tasks:8500',
    REDIS_URL: 'redis://user:word@redis:6379',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
    DOCKER_HOST: 'tcp://engine:2375',
  };
  const refused = async (spec: Partial<JobSpec>, env: object = ENV) => {
    const settings = loadSettings({ ...env }, () => '');
    const keeper = await PolicyKeeper.open(settings, { clock, log: pino({ level: 'silent' }) });
    const job = { image: 'a', backoffLimit: 0, lossLimit: 0, outputLimitBytes: 0, ...spec };
    const problems = judge(keeper, 'default', { spec: job, tasks: [] }, below())?.problems ?? [];
    return problems.map(({ path, message }) => `${path}: ${message}`);
  };
  const named = (alias: string) => ({ networks: ['a', { name: 'tasks', aliases: ['x', alias] }] });

  it.each([
    ...['swarmer-report.tasks', 'swarmer-report', 'SWARMER-Report', 'redis', 'collector', 'engine'],
  ])('are no names of tasks: %s', async (name) => {
    expect(await refused(named(name))).toEqual([
      expect.stringMatching(
        /^networks\[1\]\.aliases\[1\]: policy: networks\.aliases: .*Swarmer's own/,
      ),
    ]);
    expect(await refused({ hostname: name })).toEqual([
      expect.stringMatching(/^hostname: policy: networks\.aliases: /),
    ]);
  });

  it('are those of the original settings and of sentinels too', async () => {
    const sentinels = 'redis+sentinel://s1:26379,s2:26379/main';
    const env = { RUNNER_HOST_NAME: 'swarmer', REDIS_URL: sentinels };
    expect(await refused(named('swarmer'), env)).toHaveLength(1);
    expect(await refused(named('s2'), env)).toHaveLength(1);
    expect(await refused(named('swarmer-report'), env)).toEqual([]);
  });

  it('are allowed by their names alone', async () => {
    const allowing = (alias: string) =>
      `apiVersion: swarmer/v1\nkind: Policy\ndefault: { networks: { aliases: ["${alias}"] } }\n`;
    const env = { ...ENV, SWARMER_POLICY: path };
    await writeFile(path, allowing('**'));
    expect(await refused({ hostname: 'redis' }, env)).toHaveLength(1);
    await writeFile(path, allowing('redis'));
    expect(await refused({ hostname: 'redis' }, env)).toEqual([]);
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
    const { problems } = lines.find(({ level }) => level === 50) ?? {};
    expect(problems).toEqual([
      expect.stringMatching(/policy\.yaml:5:3: default\.imges: unknown field/),
    ]);
    await writeFile(path, allowing('c/**'));
    await seen(() => expect(allowed(keeper)).toEqual(['c/**']));
  });

  it.each([
    ['after its head', (text: string) => text.slice(0, text.indexOf('default'))],
    ['before its namespaces', (text: string) => text.slice(0, text.indexOf('namespaces'))],
  ])('that is cut off %s leaves the one before in force until SIGHUP', async (_, cut) => {
    const whole = `${allowing('a/**')}namespaces:\n  team: { images: { allow: ["t/**"] } }\n`;
    await writeFile(path, whole);
    const keeper = await open();
    await writeFile(path, cut(whole));
    const faults = () => keeper.files.flatMap(({ problems }) => problems() as string[]);
    await seen(() => expect(faults().join()).toMatch(/as if it were cut off.*SIGHUP/));
    expect(allowed(keeper)).toEqual(['a/**']);
    expect(keeper.rulesOf('team').images.allow).toEqual(['t/**']);
    await keeper.reload();
    expect(faults()).toEqual([]);
    expect(keeper.rulesOf('team').images.allow).not.toEqual(['t/**']);
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
    ['is empty', '', /must have one document/],
    [
      'has two documents',
      `${allowing('a')}---\n${allowing('b')}`,
      /must have one document; it has 2/,
    ],
  ])('that %s keeps the server from starting', async (_, text, message) => {
    if (text !== undefined) await writeFile(path, text);
    const opening = open();
    await expect(opening).rejects.toThrow(SettingsError);
    await expect(opening).rejects.toThrow(message);
  });
});

it('the policy of the stack keeps namespaces apart', async () => {
  path = 'manifests/policy-stack.yaml';
  const keeper = await open();
  const problems = (spec: Partial<JobSpec>) => {
    const limits = { cpus: 1, memory: '64m', pids: 10 };
    const job = { image: 'a', backoffLimit: 0, lossLimit: 0, outputLimitBytes: 0, ...spec };
    const whole = { resources: { limits }, capabilities: { drop: ['NET_RAW'] }, ...job };
    return judge(keeper, 'team', { spec: whole, tasks: [] }, below())?.problems ?? [];
  };
  const volume = (source: string) => ({
    mounts: [{ type: 'volume', source, target: '/x' } as const],
  });
  const theirs: Partial<JobSpec>[] = [
    ...[{ networks: ['team-a_net'] }, { networks: ['swarmer-tasks'] }, { secrets: ['team-a_s'] }],
    ...[{ configs: ['swarmer-policy-1'] }, volume('other_data'), volume('team'), { priority: 1 }],
    { networks: [{ name: 'team_net', aliases: ['db'] }] },
    ...[{ hostname: 'api.example.com' }, { containerLabels: { 'traefik.enable': 'true' } }],
    ...[{ containerLabels: { autoheal: 'true' } }, { serviceLabels: { 'caddy.x': 'y' } }],
    { mounts: [{ type: 'tmpfs', target: '/x' }] },
    { capabilities: { drop: ['CHOWN'] } },
  ];
  for (const spec of theirs) expect([spec, problems(spec)]).toEqual([spec, [expect.anything()]]);
  expect(
    problems({
      ...{ secrets: ['team_s'], configs: ['team_c'], ...volume('team_data') },
      networks: [{ name: 'team_net', aliases: ['db.team.jobs'] }],
      ...{ priority: -1, containerLabels: { 'job.owner': 'x' } },
    }),
  ).toEqual([]);
});

it('the example in manifests can be used as it is', async () => {
  path = 'manifests/policy.yaml';
  expect(allowed(await open())).toContain('docker.io/library/**');
});

it('the path of the file is not what is in it', () => {
  const load = () => loadSettings({ SWARMER_POLICY_FILE: path }, () => allowing('a'));
  expect(load).toThrow(/SWARMER_POLICY: it must be the path of the file, not what is in it/);
});
