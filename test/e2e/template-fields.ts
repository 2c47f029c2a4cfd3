import type { JobSpec } from '../../internal/apis/index.ts';

/** A field of the task template, what its task prints, and what that must be. */
export interface FieldCase {
  field: string;
  spec: Partial<JobSpec>;
  /** For `sh`. */
  script: string;
  prints: string | RegExp;
}

/** What the lab has for the fields to refer to. */
export const LAB = {
  secret: 'template-token',
  config: 'template.conf',
  network: 'template-net',
  subnet: '10.77.1.0/24',
  /** Kind and number of the generic resource of every node. */
  resource: { kind: 'fpga', value: 3 },
  volume: 'template-data',
};

const cgroup = (v1: string, v2: string) =>
  `cat /sys/fs/cgroup/${v1} 2>/dev/null || cat /sys/fs/cgroup/${v2}`;
const mountOptions = (path: string) => `awk '$2 == "${path}" { print $3, $4 }' /proc/mounts`;
const owned = (path: string) => `cat ${path}; stat -c ' %a %u:%g' ${path}`;
const IDS = { uid: '1000', gid: '1001', mode: '0440' };

const PROCESS: FieldCase[] = [
  {
    field: 'workingDir',
    spec: { workingDir: '/var/tmp/w' },
    script: 'pwd',
    prints: '/var/tmp/w\n',
  },
  { field: 'user', spec: { user: '1234:2345' }, script: 'id -u; id -g', prints: '1234\n2345\n' },
  { field: 'user', spec: { user: 'nobody' }, script: 'id -un', prints: 'nobody\n' },
  {
    field: 'groups',
    spec: { user: '1234:2345', groups: ['29', '30'] },
    script: 'id -G',
    prints: /\b29 30\n/,
  },
  {
    field: 'hostname',
    spec: { hostname: 'worker-7.lab' },
    script: 'hostname',
    prints: 'worker-7.lab\n',
  },
  { field: 'init', spec: { init: true }, script: 'cat /proc/1/comm', prints: 'docker-init\n' },
  {
    field: 'readOnly',
    spec: { readOnly: true },
    script: 'touch /x 2>/dev/null || echo refused',
    prints: 'refused\n',
  },
  {
    field: 'ulimits',
    spec: { ulimits: { nofile: { soft: 100, hard: 200 }, core: 0 } },
    script: 'ulimit -Sn; ulimit -Hn; ulimit -c',
    prints: '100\n200\n0\n',
  },
  {
    field: 'sysctls',
    spec: { sysctls: { 'net.ipv4.ip_local_port_range': '40000 40100' } },
    script: 'cat /proc/sys/net/ipv4/ip_local_port_range',
    prints: /^40000\s40100\n$/,
  },
  {
    field: 'capabilities',
    spec: { capabilities: { add: ['net_admin', 'CAP_CHOWN'], drop: ['ALL'] } },
    script: 'grep CapEff /proc/self/status',
    prints: /CapEff:\s0000000000001001\n/,
  },
];

const FILES: FieldCase[] = [
  {
    field: 'mounts: volume',
    spec: { mounts: [{ type: 'volume', source: LAB.volume, target: '/data', readOnly: true }] },
    script: 'touch /data/x 2>/dev/null || echo refused',
    prints: 'refused\n',
  },
  {
    field: 'mounts: volume without a source',
    spec: { mounts: [{ type: 'volume', target: '/scratch' }] },
    script: 'echo kept > /scratch/x; cat /scratch/x; grep -c " /scratch " /proc/mounts',
    prints: 'kept\n1\n',
  },
  {
    field: 'mounts: volume.noCopy',
    spec: {
      mounts: [
        { type: 'volume', target: '/etc' },
        { type: 'volume', target: '/usr', volume: { noCopy: true } },
      ],
    },
    script: 'ls -d /etc/passwd /usr/bin 2>&1; true',
    prints: /^ls: \/usr\/bin: No such file.*\n\/etc\/passwd\n$/,
  },
  {
    field: 'mounts: volume.driver',
    spec: {
      mounts: [
        {
          ...{ type: 'volume', target: '/ram' },
          volume: {
            driver: { name: 'local', options: { type: 'tmpfs', device: 'tmpfs', o: 'size=2m' } },
          },
        },
      ],
    },
    script: mountOptions('/ram'),
    prints: /^tmpfs .*size=2048k/,
  },
  {
    field: 'mounts: bind',
    spec: { mounts: [{ type: 'bind', source: '/usr/bin', target: '/of-node', readOnly: true }] },
    script: 'ls /of-node/docker-init; touch /of-node/x 2>/dev/null || echo refused',
    prints: '/of-node/docker-init\nrefused\n',
  },
  {
    field: 'mounts: tmpfs',
    spec: {
      mounts: [{ type: 'tmpfs', target: '/ram', tmpfs: { sizeBytes: 131_072, mode: '1750' } }],
    },
    script: `${mountOptions('/ram')}; stat -c %a /ram`,
    prints: /^tmpfs .*size=128k.*\n1750\n$/,
  },
  {
    field: 'secrets',
    spec: { secrets: [LAB.secret] },
    script: owned(`/run/secrets/${LAB.secret}`),
    prints: 'the secret 444 0:0\n',
  },
  {
    field: 'secrets: target, uid, gid, mode',
    spec: { secrets: [{ source: LAB.secret, target: '/etc/token', ...IDS }] },
    script: owned('/etc/token'),
    prints: 'the secret 440 1000:1001\n',
  },
  {
    field: 'configs',
    spec: { configs: [LAB.config] },
    script: owned(`/${LAB.config}`),
    prints: '{{.Node.ID}} 444 0:0\n',
  },
  {
    field: 'configs: target, uid, gid, mode',
    spec: { configs: [{ source: LAB.config, target: '/etc/app.conf', ...IDS }] },
    script: owned('/etc/app.conf'),
    prints: '{{.Node.ID}} 440 1000:1001\n',
  },
];

const NETWORK: FieldCase[] = [
  {
    field: 'networks',
    spec: { networks: [LAB.network] },
    script: 'ip -4 -o addr | grep -o "inet 10\\.77\\.1\\."',
    prints: 'inet 10.77.1.\n',
  },
  {
    field: 'networks: aliases',
    spec: { networks: [{ name: LAB.network, aliases: ['my-alias'] }] },
    script:
      'for i in 1 2 3 4 5 6 7 8 9; do nslookup my-alias 127.0.0.11 | grep "10\\.77\\.1\\." && break; sleep 0.3; done',
    prints: /10\.77\.1\.\d+\n/,
  },
  {
    field: 'dns',
    spec: {
      dns: { nameservers: ['10.9.9.9'], search: ['lab.test'], options: ['ndots:3', 'timeout:2'] },
    },
    script: 'cat /etc/resolv.conf',
    prints: /search lab\.test\nnameserver 10\.9\.9\.9\noptions ndots:3 timeout:2/,
  },
  {
    field: 'extraHosts',
    spec: { extraHosts: ['db:10.1.2.3', 'six:[fd00::7]'] },
    script: "grep -E 'db|six' /etc/hosts",
    prints: /10\.1\.2\.3\tdb\nfd00::7\tsix\n/,
  },
];

const AMOUNTS: FieldCase[] = [
  {
    field: 'resources.limits',
    spec: { resources: { limits: { pids: 77, memory: '64m', cpus: 0.5 } } },
    script: [
      cgroup('pids/pids.max', 'pids.max'),
      cgroup('memory/memory.limit_in_bytes', 'memory.max'),
      `(${cgroup('cpu/cpu.cfs_quota_us', 'cpu.max')}) | cut -d' ' -f1`,
    ].join('; '),
    prints: '77\n67108864\n50000\n',
  },
  {
    field: 'resources.reservations.genericResources',
    spec: { resources: { reservations: { genericResources: [{ ...LAB.resource, value: 2 }] } } },
    script: `echo "$DOCKER_RESOURCE_${LAB.resource.kind.toUpperCase()}"`,
    prints: '2\n',
  },
];

export const FIELDS: readonly FieldCase[] = [...PROCESS, ...FILES, ...NETWORK, ...AMOUNTS];
