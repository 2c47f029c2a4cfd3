import { describe, expect, it } from 'vitest';
import { manifestSchemas, parseJob } from './index.ts';

function parse(spec: object) {
  const body = { apiVersion: 'swarmer/v1', kind: 'Job', spec: { image: 'busybox', ...spec } };
  return parseJob(body, { outputLimitBytes: 1000 });
}

/** Path and message of each problem. */
function problems(spec: object): string[] {
  const parsed = parse(spec);
  return parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path}: ${message}`);
}

const RICH = {
  ...{ workingDir: '/srv', user: '1000:100', groups: ['audio', '29'], hostname: 'worker-1.lab' },
  containerLabels: { team: 'x', 'com.docker.stack.namespace': 'y' },
  serviceLabels: { 'traefik.enable': 'false' },
  ...{ init: true, readOnly: true, stopSignal: 'SIGRTMIN+3' },
  mounts: [
    { type: 'volume', source: 'data', target: '/data', volume: { noCopy: true } },
    { type: 'volume', target: '/scratch' },
    {
      type: 'bind',
      source: '/etc',
      target: '/host',
      readOnly: true,
      bind: { propagation: 'slave' },
    },
    { type: 'tmpfs', target: '/tmp', tmpfs: { sizeBytes: 65536, mode: '1777' } },
  ],
  secrets: ['token', { source: 'key', target: 'id_rsa', uid: '1000', gid: '1000', mode: '0400' }],
  configs: [{ source: 'app.yml', target: '/etc/app.yml' }],
  networks: ['back', { name: 'front', aliases: ['me', 'me.too'] }],
  dns: { nameservers: ['10.0.0.2', '::1'], search: ['example.org'], options: ['ndots:2'] },
  extraHosts: ['db:10.0.0.7', 'six:fe80::1', 'seven:[fe80::2]'],
  ulimits: { nofile: 1024, nproc: { soft: 10, hard: -1 }, core: 0 },
  sysctls: { 'net.core.somaxconn': '1024', 'kernel.shmmax': '1' },
  capabilities: { add: ['net_admin', 'CAP_SYS_TIME'], drop: ['ALL'] },
  logDriver: { name: 'json-file', options: { 'max-size': '1m', tag: '{{.Name}}' } },
  placement: {
    constraints: ['node.labels.zone == a', 'node.role!=manager', 'engine.labels.x==y z'],
    preferences: [{ spread: 'node.labels.zone' }],
    platforms: [{ os: 'linux', architecture: 'amd64' }, { architecture: 'arm64' }],
    maxPerNode: 2,
  },
  resources: {
    limits: { pids: 100 },
    reservations: { genericResources: [{ kind: 'gpu', value: 2 }] },
  },
};

describe('the task template', () => {
  it('is kept as it was given', () => {
    const parsed = parse(RICH);
    expect(parsed.ok ? [] : parsed.problems).toEqual([]);
    expect(parsed).toMatchObject({ value: { spec: RICH } });
  });

  it.each<[object, string]>([
    [{ workingDir: 'srv' }, 'workingDir: must be an absolute path'],
    [
      { user: 1000 },
      'user: must be a user such as "app", "1000" or "1000:1000", numbers up to 2147483647; write it',
    ],
    [{ user: 'a:b:c' }, 'user: must be a user'],
    [
      { groups: [29] },
      'groups[0]: must be a group such as "audio" or "29", a number up to 2147483647; write it in quotes',
    ],
    [{ networks: [null] }, 'networks[0]: must be the name of a network'],
    [{ hostname: '{{.Node.Hostname}}' }, 'hostname: must be a host name'],
    [{ hostname: 'x'.repeat(64) }, 'hostname: must be a host name of at most 63 characters'],
    [
      { containerLabels: { 'swarmer.job': 'x' } },
      'containerLabels["swarmer.job"]: labels that begin',
    ],
    [
      { serviceLabels: { 'com.docker.swarm.x': '' } },
      'serviceLabels["com.docker.swarm.x"]: labels',
    ],
    [
      { containerLabels: { replicas: 1 } },
      'containerLabels.replicas: must be a text; write it in quotes',
    ],
    [{ init: 'yes' }, 'init: must be true or false'],
    [{ stopSignal: 'SIGNUP' }, 'stopSignal: must be a signal such as "SIGINT"'],
    [{ stopSignal: '65' }, 'stopSignal: must be a signal'],
    [
      { ulimits: { nofiles: 1 } },
      'ulimits.nofiles: unknown ulimit "nofiles": did you mean "nofile"?',
    ],
    [
      { ulimits: { nofile: { soft: 2, hard: 1 } } },
      'ulimits.nofile: must have a soft limit that is',
    ],
    [{ ulimits: { nofile: { soft: 2 } } }, 'ulimits.nofile: must be an integer from -1'],
    [{ ulimits: { nofile: 1.5 } }, 'ulimits.nofile: must be an integer from -1'],
    [
      { sysctls: { 'kernel.panic': '1' } },
      'sysctls["kernel.panic"]: must be a setting that a container',
    ],
    [
      { capabilities: { add: ['NET_ADMN'] } },
      'capabilities.add[0]: unknown capability "NET_ADMN": did',
    ],
    [{ capabilities: { ad: [] } }, 'capabilities.ad: unknown field "ad": did you mean "add"?'],
    [{ logDriver: { name: 'a b' } }, 'logDriver.name: must be the name of a driver'],
    [{ logDriver: { name: 'local', options: null } }, 'logDriver.options: must be options: a map'],
    [
      { logDriver: { name: 'x', options: { a: 1 } } },
      'logDriver.options.a: must be a text; write it in quotes',
    ],
    [{ dns: { nameservers: ['one'] } }, 'dns.nameservers[0]: must be an IP address'],
    [{ dns: { options: ['a b'] } }, 'dns.options[0]: must be an option of resolv.conf(5)'],
    [{ extraHosts: ['10.0.0.7 db'] }, 'extraHosts[0]: must be an entry "host:address"'],
    [{ extraHosts: ['db:host-gateway'] }, 'extraHosts[0]: must be an entry "host:address"'],
    [{ resources: { limits: { pids: 0 } } }, 'resources.limits.pids: must be an integer from 1'],
    [
      { resources: { reservations: { pids: 1 } } },
      'resources.reservations.pids: unknown field "pids"',
    ],
  ])('%j is refused', (spec, words) => {
    expect(problems(spec)).toEqual([expect.stringContaining(`spec.${words}`)]);
  });

  it.each<[object, string]>([
    [{ type: 'bind', source: 'data', target: '/x' }, 'source: must be an absolute path'],
    [{ type: 'bind', target: '/x' }, 'source: is required and must be an absolute path'],
    [
      { type: 'bind', source: '/{{.Node.ID}}', target: '/x' },
      'source: must be an absolute path, without',
    ],
    [{ type: 'volume', source: '/data', target: '/x' }, 'source: must be the name of a volume'],
    [
      { type: 'volume', source: '{{.Task.Name}}', target: '/x' },
      'source: must be the name of a volume',
    ],
    [{ type: 'tmpfs', source: 'x', target: '/x' }, 'source: must not be given'],
    [
      { type: 'tmpfs', target: '/' },
      'target: must be an absolute path, without templates, and not "/"',
    ],
    [{ type: 'tmpfs', target: '/a/..' }, 'target: must be an absolute path'],
    [
      { type: 'tmpfs', target: '/x', tmpfs: { mode: 511 } },
      'tmpfs.mode: must be a file mode in octal and in quotes',
    ],
    [{ type: 'tmpfs', target: '/x', tmpfs: { size: 1 } }, 'tmpfs.size: unknown field "size"'],
    [
      { type: 'tmpfs', target: '/x', bind: {} },
      'bind: is of mounts of type bind: this one is a tmpfs',
    ],
    [{ type: 'npipe', target: '/x' }, 'type: must be one of volume, bind, tmpfs'],
    [
      {
        type: 'volume',
        source: 'vv',
        target: '/x',
        volume: { driver: { name: 'local', options: { device: '{{env}}' } } },
      },
      'volume.driver.options.device: must not hold "{{"',
    ],
  ])('the mount %j is refused', (mount, words) => {
    expect(problems({ mounts: [mount] })).toEqual([
      expect.stringContaining(`spec.mounts[0].${words}`),
    ]);
  });

  it.each<[object, string]>([
    [{ secrets: ['a b'] }, 'secrets[0]: must be the name of a secret'],
    [
      { secrets: [{ name: 'x' }] },
      'secrets[0].source: is required and must be the name of a secret',
    ],
    [
      { configs: [{ source: 'x', traget: 'y' }] },
      'configs[0].traget: unknown field "traget": did you mean "target"?',
    ],
    [
      { configs: [{ source: 'x', mode: 292 }] },
      'configs[0].mode: must be a file mode in octal and in quotes, such as "0440"; write it in quotes',
    ],
    [
      { configs: [{ source: 'x', uid: 0 }] },
      'configs[0].uid: must be a number in quotes such as "1000", up to 4294967294; write it in',
    ],
    [
      { secrets: ['x', { source: 'y', target: 'x' }] },
      'secrets[1]: is put where secrets[0] is, at /run/secrets/x',
    ],
    [{ networks: ['x', { name: 'x' }] }, 'networks[1]: has the same name as entry 0'],
    [{ networks: [7] }, 'networks[0]: must be the name of a network'],
    [{ networks: [{ name: 'x', aliases: ['_'] }] }, 'networks[0].aliases[0]: must be a host name'],
    [{ networks: [] }, 'networks: must be networks: a list of 1 to 100'],
    [
      {
        mounts: [
          { type: 'tmpfs', target: '/a/' },
          { type: 'tmpfs', target: '/b/../a' },
        ],
      },
      'mounts[1]: has the same target as entry 0',
    ],
  ])('%j is refused', (spec, words) => {
    expect(problems(spec)).toContainEqual(expect.stringContaining(`spec.${words}`));
  });

  it.each<[object, string]>([
    [{ constraints: ['node.labels.zone=a'] }, 'constraints[0]: must be a constraint such as'],
    [
      { constraints: ['node.lables.zone==a'] },
      'constraints[0]: unknown key "node.lables.zone": did you mean "node.labels."?',
    ],
    [{ constraints: ['node.labels.==a'] }, 'constraints[0]: unknown key'],
    [
      { constraints: ['node.role==boss'] },
      'constraints[0]: must name the role "manager" or "worker"',
    ],
    [{ constraints: ['node.id=={{x}}'] }, 'constraints[0]: must be a constraint'],
    [{ preferences: [{ spread: 'zone' }] }, 'preferences[0].spread: must be a label of nodes'],
    [{ platforms: [{}] }, 'platforms[0]: must have "os" or "architecture"'],
    [{ maxPerNode: 0 }, 'maxPerNode: must be an integer from 1'],
    [{ maxReplicas: 1 }, 'maxReplicas: unknown field "maxReplicas"'],
  ])('the placement %j is refused', (placement, words) => {
    expect(problems({ placement })).toEqual([expect.stringContaining(`spec.placement.${words}`)]);
  });

  it('a named resource is refused, as swarm gives none of them to a task', () => {
    const genericResources = [{ kind: 'gpu', value: 'GPU-1' }];
    expect(problems({ resources: { reservations: { genericResources } } })).toEqual([
      expect.stringContaining('genericResources[0].value: must be an integer from 1'),
    ]);
  });

  it('has no file of variables: those who read manifests from files read it', () => {
    for (const envFile of ['a.env', ['a.env'], 7]) {
      expect(problems({ envFile })).toEqual([
        expect.stringContaining('is read by swarmerctl and serve --apply'),
      ]);
    }
  });

  it('has all its problems told at once', () => {
    expect(problems({ user: '', init: 1, placement: { maxPerNode: -1 }, mount: [] })).toHaveLength(
      4,
    );
  });
});

describe('a service that is too large for swarm', () => {
  const large = Object.fromEntries(
    Array.from({ length: 12 }, (_, i) => [`V${i}`, 'x'.repeat(131_000)]),
  );

  it('is refused, with the task that it is of', () => {
    const tasks = [{ name: 'a' }, { name: 'b', env: large }];
    expect(problems({ tasks })).toEqual([
      expect.stringMatching(
        /^spec\.tasks\[1\]: makes a service of about 15\d{5} bytes of task "b"/,
      ),
    ]);
  });

  it('is refused once for all tasks that are counted', () => {
    expect(problems({ completions: 3, env: large })).toEqual([
      expect.stringMatching(/^spec: makes a service of about 15\d{5} bytes of task "0"/),
    ]);
  });

  it('counts arguments as often as the task is told of them', () => {
    const args = ['x'.repeat(120_000)];
    const { V0: _, V1: __, ...less } = large;
    expect(problems({ env: less, args })).toEqual([
      expect.stringMatching(/^spec: makes a service/),
    ]);
    expect(problems({ env: less, args: ['x'] })).toEqual([]);
  });
});

it('tells what a read-only bind does not keep from being written, before Engine 25', () => {
  const { mounts } = manifestSchemas().Job.properties?.['spec']?.properties ?? {};
  const { description } = mounts?.items?.properties?.['readOnly'] ?? {};
  expect(description).toMatch(/mounted below the directory of a bind can be, unless .* Engine 25/);
});

const SPEC = {
  ...RICH,
  tasks: [{ name: 't', command: ['a'], env: { A: 'b' } }],
  env: { A: 'b' },
  args: ['x'],
  parallelism: 2,
  resources: {
    limits: { memory: '1g' },
    reservations: { genericResources: [{ kind: 'g', value: 1 }] },
  },
  successPolicy: { succeededCount: 1 },
  failurePolicy: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [1] } }],
  retryBackoff: { baseMs: 1, maxMs: 2 },
  callback: { url: 'http://a.example' },
};

/** The value, with one place at a time replaced: each place in it, all that is below included. */
function* spoiled(value: unknown, by: unknown): Generator<unknown> {
  yield by;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, entry] of Object.entries(value)) {
    for (const next of spoiled(entry, by)) {
      const copy: object = Array.isArray(value) ? [...value] : { ...value };
      yield Object.assign(copy, { [key]: next });
    }
  }
}

it.each([[null], [[]], [{}], [[null]], [{ a: null }], [5], [''], [true]])(
  'nothing is too odd to be refused, wherever it stands: %j',
  (by) => {
    const kinds = ['json-file', 'local', 'syslog'];
    for (const name of kinds) {
      const spec = {
        ...SPEC,
        logDriver: { name, options: { 'max-size': '1m', compress: 'true' } },
      };
      expect(problems(spec)).toEqual([]);
      for (const odd of spoiled(spec, by)) expect(() => parse(Object(odd))).not.toThrow();
    }
  },
);
