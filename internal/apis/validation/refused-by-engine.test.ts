import { describe, expect, it } from 'vitest';
import { parseCronJob, parseJob, parseSubmission } from './index.ts';

const DEFAULTS = { outputLimitBytes: 1000 };

/** Path and message of each problem of a job with this spec. */
function problems(spec: object): string[] {
  const body = { apiVersion: 'swarmer/v1', kind: 'Job', spec: { image: 'busybox', ...spec } };
  const parsed = parseJob(body, DEFAULTS);
  return parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path}: ${message}`);
}

const tmpfs = (target: string) => ({ type: 'tmpfs', target });
const log = (name: string, options: object) => ({ logDriver: { name, options } });
const limits = (amounts: object) => ({ resources: { limits: amounts } });
const LISTED = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];

// What the engine refuses, or starts otherwise than it was asked to: test/swarm/refused-specs.test.ts
// shows it the same.
describe('what no engine would run is refused at once', () => {
  it.each<[object, string]>([
    [{ networks: ['none'] }, 'networks[0]: swarm has no network "none" for services'],
    [{ networks: [{ name: 'none' }] }, 'networks[0]: swarm has no network "none"'],
    [{ networks: ['ingress'] }, "networks[0]: is swarm's own"],
    [{ networks: ['host', 'apps'] }, 'networks[0]: must stand alone'],
    [{ networks: ['apps', { name: 'host' }] }, 'networks[1]: must stand alone'],
    [{ networks: ['bridge', 'host'] }, 'networks[1]: must stand alone'],
    [
      { networks: [{ name: 'host', aliases: ['x'] }] },
      'networks[0].aliases: must not be given: on "host" a task has no names',
    ],
    [
      { networks: [{ name: 'bridge', aliases: ['x'] }] },
      'networks[0].aliases: must not be given: on "bridge"',
    ],
    [
      { networks: ['host'], sysctls: { 'kernel.msgmax': '1', 'net.core.somaxconn': '1024' } },
      'sysctls["net.core.somaxconn"]: must not be given with the network "host"',
    ],
    [limits({ cpus: 0.001 }), 'resources.limits.cpus: must be processors: a number from 0.01'],
    [limits({ cpus: '0.0099' }), 'resources.limits.cpus: must be processors: a number from 0.01'],
    [limits({ memory: '5m' }), 'resources.limits.memory: must be memory'],
    [limits({ memory: 6_291_455 }), 'resources.limits.memory: must be memory'],
    [limits({ pids: 4_194_305 }), 'resources.limits.pids: must be an integer from 1 to 4194304'],
    [
      { resources: { reservations: { memory: '3m' } } },
      'resources.reservations.memory: must be memory',
    ],
    [
      { resources: { limits: { cpus: 0.5 }, reservations: { cpus: '1' } } },
      'resources.reservations.cpus: must not be above limits.cpus, which is 0.5',
    ],
    [
      { resources: { limits: { memory: '64m' }, reservations: { memory: 67_108_865 } } },
      'resources.reservations.memory: must not be above limits.memory, which is 64m',
    ],
    [
      {
        tasks: [
          { name: 'a' },
          { name: 'b', resources: { limits: { cpus: 1 }, reservations: { cpus: 2 } } },
        ],
      },
      'tasks[1].resources.reservations.cpus: must not be above limits.cpus, which is 1',
    ],
    [{ ulimits: { nofile: -1 } }, 'ulimits.nofile: must be at most 2147483584, and not without'],
    [
      { ulimits: { nofile: { soft: 1, hard: 2_147_483_585 } } },
      'ulimits.nofile: must be at most 2147483584',
    ],
    [{ user: '2147483648' }, 'user: must be a user'],
    [{ user: '1000:4294967295' }, 'user: must be a user'],
    [{ user: '-1' }, 'user: must be a user'],
    [{ groups: ['2147483648'] }, 'groups[0]: must be a group'],
    [{ command: [''] }, 'command: must begin with a program'],
    [{ command: ['', 'x'], args: ['y'] }, 'command: must begin with a program'],
    [{ tasks: [{ name: 'a', command: [''] }] }, 'tasks[0].command: must begin with a program'],
    [{ image: 'a'.repeat(64) }, 'image: must be an image reference'],
    [{ image: `registry.example.com/${'a'.repeat(240)}` }, 'image: must be an image reference'],
  ])('%j', (spec, words) => {
    expect(problems(spec)).toEqual([expect.stringContaining(`spec.${words}`)]);
  });

  it.each<[object, string]>([
    [
      { secrets: ['s', { source: 's', mode: '0400' }] },
      'secrets[1]: is put where secrets[0] is, at /run/secrets/s',
    ],
    [
      { secrets: ['s', { source: 's', target: 'b', mode: '0400' }] },
      'secrets[1]: must have the mode, uid and gid of secrets[0]: the engine keeps one file',
    ],
    [
      {
        secrets: [
          { source: 's', uid: '1' },
          { source: 's', target: 'b' },
        ],
      },
      'secrets[1]: must have the mode, uid and gid of secrets[0]',
    ],
    [
      { secrets: ['s', { source: 't', target: '/run/secrets/s' }] },
      'secrets[1]: is put where secrets[0] is',
    ],
    [{ secrets: ['s', { source: 't', target: './s' }] }, 'secrets[1]: is put where secrets[0] is'],
    [{ configs: ['c', { source: 'd', target: '/c' }] }, 'configs[1]: is put where configs[0] is'],
    [
      { secrets: [{ source: 's', target: '/x' }], configs: [{ source: 'c', target: '/x' }] },
      'configs[0]: is put where secrets[0] is, at /x',
    ],
    [
      { secrets: [{ source: 's', target: '/x' }], mounts: [tmpfs('/x/')] },
      'mounts[0]: is put where secrets[0] is, at /x',
    ],
    [
      {
        secrets: [
          { source: 's', target: 'a' },
          { source: 't', target: 'a/b' },
        ],
      },
      'secrets[1]: is put below secrets[0], which is a file: /run/secrets/a',
    ],
    [
      { configs: [{ source: 'c', target: '/x' }], mounts: [tmpfs('/x/y/z')] },
      'mounts[0]: is put below configs[0], which is a file: /x',
    ],
    [{ secrets: [{ source: 's', target: '/' }] }, 'secrets[0].target: must be a path'],
    [{ configs: [{ source: 'c', target: '..' }] }, 'configs[0].target: must be a path'],
    [{ secrets: [{ source: 's', uid: '4294967295' }] }, 'secrets[0].uid: must be a number'],
    [{ configs: [{ source: 'c', gid: '9999999999' }] }, 'configs[0].gid: must be a number'],
    [{ mounts: [tmpfs('/proc')] }, 'mounts[0].target: must not be in /proc'],
    [{ mounts: [{ type: 'volume', target: '/proc/x' }] }, 'mounts[0].target: must not be in /proc'],
    [{ mounts: [{ type: 'volume', target: '/dev/' }] }, 'mounts[0].target: must not be /dev'],
    [{ mounts: [tmpfs('/etc//hosts')] }, 'mounts[0].target: must not be /etc/hosts, which is a'],
  ])('of files and mounts: %j', (spec, words) => {
    expect(problems(spec)).toEqual([expect.stringContaining(`spec.${words}`)]);
  });

  it.each<[object, string]>([
    [log('json-file', { 'max-sise': '1m' }), 'max-sise"]: unknown option "max-sise": did you mean'],
    [log('local', { labels: 'a' }), 'labels: unknown option "labels"'],
    [log('json-file', { 'max-size': '10x' }), 'max-size"]: must be a size such as "10m"'],
    [log('json-file', { 'max-size': '0' }), 'max-size"]: must be a size'],
    [log('json-file', { 'max-file': '0' }), 'max-file"]: must be an integer from 1'],
    [log('local', { 'max-file': 'x' }), 'max-file"]: must be an integer from 1'],
    [log('json-file', { compress: 'yes' }), 'compress: must be "true" or "false"'],
    [log('json-file', { compress: 'true', 'max-file': '1' }), 'compress: needs "max-file" of 2'],
    [
      log('local', { compress: 'true', 'max-file': '1' }),
      'compress: must be "false" with "max-file" of 1',
    ],
    [log('syslog', { mode: 'x' }), 'mode: must be "blocking" or "non-blocking"'],
    [log('json-file', { 'max-buffer-size': '1m' }), 'max-buffer-size"]: needs "mode"'],
    [
      log('gelf', { mode: 'non-blocking', 'max-buffer-size': 'x' }),
      'max-buffer-size"]: must be a size',
    ],
    [log('gelf', { 'cache-disabled': 'x' }), 'cache-disabled"]: must be "true" or "false"'],
  ])('of a log: %j', (spec, words) => {
    expect(problems(spec)).toEqual([expect.stringContaining(words)]);
    expect(problems(spec)[0]).toContain('spec.logDriver.options');
  });
});

describe('policies that cannot be met', () => {
  it.each<[object, string]>([
    [
      { completions: 3, successPolicy: { succeededCount: 5 } },
      'successPolicy.succeededCount: must be at most 3, as many as the job has tasks',
    ],
    [{ tasks: LISTED, successPolicy: { succeededCount: 4 } }, 'succeededCount: must be at most 3'],
    [{ successPolicy: { succeededCount: 2 } }, 'succeededCount: must be at most 1'],
    [
      { retryBackoff: { baseMs: 2000, maxMs: 1000 } },
      'retryBackoff.maxMs: must not be below baseMs',
    ],
  ])('are refused: %j', (spec, words) => {
    expect(problems(spec)).toEqual([expect.stringContaining(words)]);
  });

  it('are refused in a cron job, too', () => {
    const spec = { image: 'busybox', completions: 3, successPolicy: { succeededCount: 5 } };
    const parsed = parseCronJob(
      {
        ...{ apiVersion: 'swarmer/v1', kind: 'CronJob', metadata: { name: 'x' } },
        spec: { schedule: '@daily', jobTemplate: { spec } },
      },
      DEFAULTS,
    );
    expect(parsed).toMatchObject({
      ok: false,
      problems: [{ path: 'spec.jobTemplate.spec.successPolicy.succeededCount' }],
    });
  });

  it('are told beside each other', () => {
    const spec = {
      ...{ networks: ['host'], sysctls: { 'net.core.somaxconn': '1' }, completions: 2 },
      ...{ successPolicy: { succeededCount: 3 }, secrets: ['s', 's'] },
    };
    expect(problems(spec)).toHaveLength(3);
  });
});

describe('what the operator fills in', () => {
  const host = { ...DEFAULTS, job: { networks: ['host'] } };

  it('is held against what the job says', () => {
    const spec = { image: 'busybox', sysctls: { 'net.core.somaxconn': '1024' } };
    const parsed = parseJob({ apiVersion: 'swarmer/v1', kind: 'Job', spec }, host);
    expect(parsed).toMatchObject({
      problems: [{ path: 'spec.sysctls["net.core.somaxconn"]' }],
    });
    expect(parseSubmission({ image_name: 'busybox', callback_url: null }, host).ok).toBe(true);
  });
});

describe('what an engine runs is taken', () => {
  it.each<object>([
    { networks: ['host'] },
    { networks: ['bridge', 'apps'] },
    { networks: ['apps', 'bridge'] },
    { networks: [{ name: 'apps', aliases: ['x'] }, 'more'] },
    { networks: ['host'], sysctls: { 'kernel.msgmax': '65536' } },
    { networks: ['bridge'], sysctls: { 'net.core.somaxconn': '1024' } },
    limits({ cpus: 0.01, memory: 6_291_456, pids: 4_194_304 }),
    { resources: { reservations: { cpus: 0.001, memory: 4_194_304 } } },
    { resources: { limits: { cpus: 1 }, reservations: { cpus: '1.0', memory: '8m' } } },
    // A task's resources take the place of the job's: this one has no limit.
    { ...limits({ cpus: 1 }), tasks: [{ name: 'a', resources: { reservations: { cpus: 2 } } }] },
    { secrets: ['s', { source: 's', target: 'b' }] },
    { secrets: ['s'], configs: ['s'], mounts: [tmpfs('/run')] },
    { secrets: [{ source: 's', uid: '4294967294', target: 'a/b' }, 'a-b'] },
    { configs: [{ source: 'c', target: '/etc/hosts' }] },
    { configs: [{ source: 'c', target: '/x/c' }], mounts: [tmpfs('/x')] },
    { mounts: [tmpfs('/dev/shm'), tmpfs('/sys/fs'), tmpfs('/process')] },
    { mounts: [{ type: 'bind', source: '/proc', target: '/proc' }] },
    { mounts: [{ type: 'bind', source: '/a/hosts', target: '/etc/hosts' }] },
    { ulimits: { nofile: 2_147_483_584, nproc: -1 } },
    { user: '2147483647:0', groups: ['29'] },
    { command: [''], args: ['true'] },
    { tasks: [{ name: 'a', args: ['true'] }], command: [''] },
    { completions: 3, successPolicy: { succeededCount: 3 } },
    { tasks: LISTED, successPolicy: { succeededCount: 3 } },
    { retryBackoff: { baseMs: 1000, maxMs: 1000 } },
    log('json-file', { 'max-size': '10 KiB', 'max-file': '2', compress: 'T', tag: '{{.Name}}' }),
    log('json-file', { 'max-size': '1e3' }),
    log('json-file', { compress: 'true' }),
    log('local', { 'max-file': '1' }),
    log('json-file', { 'labels-regex': '^a', 'cache-disabled': 'true', mode: 'blocking' }),
    log('local', { 'max-file': '1', compress: 'false', 'max-size': '1.5m' }),
    log('syslog', { 'syslog-address': 'udp://127.0.0.1:1', mode: 'non-blocking' }),
    log('of-a-plugin', { anything: 'x' }),
    { image: 'f'.repeat(63) },
    { image: `${'f'.repeat(64)}:1` },
  ])('%j', (spec) => {
    expect(problems(spec)).toEqual([]);
  });
});
