import { describe, expect, it } from 'vitest';
import type { JobSpec, Mount } from '../apis/index.ts';
import type { PolicyFile } from './policy.ts';
import { refusals } from './testing/judged.ts';

type Rules = PolicyFile['default'];
type Case = [what: string, spec: Partial<JobSpec>, rules?: Rules];

const bind = (source: string, more: Partial<Mount> = {}): Partial<JobSpec> => ({
  mounts: [{ type: 'bind', source, target: '/x', ...more }],
});
const volume = (options?: Record<string, string>, name = 'local'): Partial<JobSpec> => ({
  mounts: [{ type: 'volume', source: 'data', target: '/x', volume: { driver: { name, options } } }],
});
const files = (options: Record<string, string>): Partial<JobSpec> => ({
  logDriver: { name: 'json-file', options },
});
const buffer = (size: string) => files({ mode: 'non-blocking', 'max-buffer-size': size });
const at = (...constraints: string[]): Partial<JobSpec> => ({ placement: { constraints } });
const binds = (...paths: string[]): Rules => ({ mounts: { binds: paths } });
const OPTIONS = { mounts: { volumeOptions: ['type', 'o', 'device', 'size'] } };
const OPTIONS_AND = (path: string): Rules => ({ mounts: { ...OPTIONS.mounts, binds: [path] } });
const OPTIONS_WITH = (rules: NonNullable<Rules>['mounts']): Rules => ({
  mounts: { ...OPTIONS.mounts, ...rules },
});
const NFS = OPTIONS_WITH({ volumeTypes: ['nfs', 'cifs'], volumeServers: ['*.lab', '10.0.0.0/8'] });
const nfs = (o: string, device = ':/x', type = 'nfs') => volume({ type, o, device });
const tmpfs = (o: string) => volume({ type: 'tmpfs', o, device: 'tmpfs' });
const memory = (sizeBytes?: number): Partial<JobSpec> => ({
  mounts: [{ type: 'tmpfs', target: '/x', tmpfs: { sizeBytes } }],
});
const TMPFS = OPTIONS_WITH({ maxTmpfs: '64m' });

/** Each is refused by the rule that heads it. */
const REFUSED: Record<string, Case[]> = {
  'mounts.binds': [
    ['any directory', bind('/srv/data')],
    ["the engine's socket", bind('/var/run/docker.sock')],
    ['a directory beside an allowed one', bind('/srv/data2'), binds('/srv/data')],
    ['a way out of an allowed one', bind('/srv/data/../../etc'), binds('/srv/data')],
    ['the socket below an allowed directory', bind('/var/run/docker.sock'), binds('/var')],
    ['the socket by another way', bind('//var/./run//docker.sock/'), binds('/')],
    ['a socket of an engine anywhere', bind('/srv/data/docker.sock'), binds('/srv')],
    ['a rootless socket', bind('/home/u/.docker/run/docker.sock'), binds('/home')],
    ['the root by /proc', bind('/proc/1/root'), binds('/')],
    ['a directory with /proc in it', bind('/'), binds('/srv')],
    ['/sys below the root', bind('/sys/fs/cgroup'), binds('/')],
    ['the state of the engine', bind('/var/lib/docker/volumes'), binds('/var/lib')],
    ["Swarmer's own data", bind('/var/lib/swarmer/redis'), binds('/var/lib')],
    ['what holds the state of the engine', bind('/var/lib'), binds('/var')],
    ['accounts', bind('/etc/shadow'), binds('/')],
    ['a device', bind('/dev/sda'), binds('/')],
    [
      'writing where only reading is allowed',
      bind('/srv'),
      { mounts: { readOnlyBinds: ['/srv'] } },
    ],
    ['a bind by options', volume({ type: 'none', o: 'bind', device: '/etc' }), OPTIONS],
    ['one with other flags', volume({ o: 'rw, RBIND', device: '/etc' }), OPTIONS],
    ['one by a path of the engine', volume({ type: 'none', o: 'bind', device: 'etc' }), OPTIONS],
    ['one that says it is remote', volume({ type: 'nfs', o: 'bind', device: '/etc' }), OPTIONS],
    ['a disk', volume({ type: 'ext4', device: '/dev/sda1' }), OPTIONS],
    ['layers', volume({ type: 'overlay', o: 'lowerdir=/a:/etc', device: 'x' }), OPTIONS_AND('/a')],
    ['an option in another case', volume({ O: 'bind', Device: '/etc' }), OPTIONS],
    ['the way out of a device', volume({ o: 'bind', device: '/a/../etc' }), OPTIONS_AND('/a')],
    ['a device beside an allowed one', volume({ o: 'rbind', device: '/ab' }), OPTIONS_AND('/a')],
    ...[
      ...['lowerdir+=/etc', 'datadir+=/etc', 'lowerdir=/a::/etc', 'lowerdir=etc', 'upperdir=/etc'],
      ...['workdir=/etc', 'index=off,lowerdir=/a:/etc/ssl', 'x=/etc'],
    ].map(
      (o): Case => [
        `layers by ${o}`,
        volume({ type: 'overlay', o, device: '/a' }),
        OPTIONS_WITH({ volumeTypes: ['overlay'], binds: ['/a'] }),
      ],
    ),
    [
      'a path for a plugin',
      volume({ device: '/a', mountpoint: '/etc' }, 'local-persist'),
      { mounts: { volumeDrivers: ['**'], volumeOptions: ['device', 'mountpoint'], binds: ['/a'] } },
    ],
  ],
  'mounts.volumeTypes': [
    ...[
      ...['proc', 'sysfs', 'overlay', 'ext4', 'xfs', 'btrfs', 'cgroup2', 'devtmpfs', 'debugfs'],
      ...['fuse.sshfs', 'securityfs', 'nfs', 'cifs', 'PROC', ' proc '],
    ].map(
      (type): Case => [
        `the file system ${type} of an allowed path`,
        volume({ type, device: '/srv/data' }),
        OPTIONS_AND('/srv/data'),
      ],
    ),
    [
      'one that says it is a bind',
      volume({ type: 'proc', o: 'RBIND', device: '/srv' }),
      OPTIONS_AND('/srv'),
    ],
  ],
  'mounts.volumeServers': [
    ['any server', nfs('addr=10.1.1.1'), OPTIONS_WITH({ volumeTypes: ['nfs'] })],
    ['one that is not listed', nfs('addr=192.0.2.1'), NFS],
    ['a name that is not listed', nfs('addr=store.example'), NFS],
    ['another one of the device', nfs('addr=10.1.1.1', '127.0.0.1:/x'), NFS],
    ['a second one', nfs('addr=10.1.1.1,mountaddr=127.0.0.1'), NFS],
    ['none', nfs('rw', '/x'), NFS],
    ['a share', nfs('username=u', '//192.0.2.1/share', 'cifs'), NFS],
    ['a share by backslashes', nfs('ip=10.0.0.1', '\\\\192.0.2.1\\share', 'cifs'), NFS],
  ],
  'mounts.maxTmpfs': [
    ['more memory', memory(128 * 1024 * 1024), TMPFS],
    ['any amount of it', memory(), TMPFS],
    ['more by options', tmpfs('size=1g'), TMPFS],
    ['no size by options', tmpfs('mode=0700'), TMPFS],
    ['a part of all there is', tmpfs('size=50%'), TMPFS],
    ['a size that means none', tmpfs('size=0'), TMPFS],
    ['a second size', tmpfs('size=1m,size=1g'), TMPFS],
    ['blocks', tmpfs('size=1m,nr_blocks=999999'), TMPFS],
  ],
  'images.credentials': [
    ['another', { registryCredential: 'b' }, { images: { credentials: ['a'] } }],
  ],
  'mounts.types': [['a type that is not listed', bind('/a'), { mounts: { types: ['tmpfs'] } }]],
  'mounts.volumes': [['another volume', volume(), { mounts: { volumes: ['team-*'] } }]],
  'mounts.volumeDrivers': [['another driver', volume({}, 'vieux/sshfs:latest')]],
  'mounts.volumeOptions': [
    ['options of a volume', volume({ type: 'none', o: 'bind', device: '/etc' })],
    ['even harmless ones', volume({ size: '10m' })],
  ],
  'mounts.propagation': [
    ['mounts that the node sees', bind('/a', { bind: { propagation: 'rshared' } }), binds('/a')],
    ['the same by options', volume({ o: 'bind,rshared', device: '/a' }), OPTIONS_AND('/a')],
  ],
  'networks.allow': [
    ["the node's network", { networks: ['host'] }],
    ['the same in another case', { networks: ['HOST'] }],
    ['the same with aliases', { networks: [{ name: 'host', aliases: ['x'] }] }],
    ['the bridge', { networks: ['bridge'] }],
    ['no network', { networks: ['none'] }],
    ["swarm's own", { networks: ['ingress'] }],
    ["swarm's way to the node", { networks: ['docker_gwbridge'] }],
    ['another network', { networks: ['apps', 'db'] }, { networks: { allow: ['apps'] } }],
    ['a pattern stands for none of nodes', { networks: ['host'] }, { networks: { allow: ['h*'] } }],
  ],
  'networks.aliases': [
    [
      'another name',
      { networks: [{ name: 'apps', aliases: ['db'] }] },
      { networks: { aliases: ['*.team'] } },
    ],
    ['a host name', { hostname: 'api.example.com' }, { networks: { aliases: ['*.team'] } }],
  ],
  'secrets.allow': [
    ['another secret', { secrets: ['db'] }, { secrets: { allow: ['team-*'] } }],
    ['by its long form', { secrets: [{ source: 'db' }] }, { secrets: { allow: ['team-*'] } }],
  ],
  'configs.allow': [['another config', { configs: ['db'] }, { configs: { allow: [] } }]],
  'capabilities.add': [
    ['any', { capabilities: { add: ['NET_BIND_SERVICE'] } }],
    ['in another spelling', { capabilities: { add: ['cap_sys_admin'] } }],
    ['all', { capabilities: { add: ['ALL'] } }, { capabilities: { add: ['NET_ADMIN'] } }],
  ],
  'capabilities.drop': [
    ['one that is kept', {}, { capabilities: { drop: ['NET_RAW'] } }],
    ['another', { capabilities: { drop: ['CHOWN'] } }, { capabilities: { drop: ['cap_net_raw'] } }],
  ],
  'sysctls.allow': [
    ['one that is not safe', { sysctls: { 'net.core.somaxconn': '1' } }],
    ['by slashes', { sysctls: { 'net/core/somaxconn': '1' } }],
  ],
  'ulimits.allow': [['another', { ulimits: { core: 0 } }, { ulimits: { allow: ['nofile'] } }]],
  'ulimits.max': [
    ['more', { ulimits: { nofile: { soft: 1, hard: 9 } } }, { ulimits: { max: { nofile: 8 } } }],
    ['no limit', { ulimits: { nofile: -1 } }, { ulimits: { max: { nofile: 8 } } }],
  ],
  'user.allowRoot': (['0', '0:0', 'root', '00', '+0', 'app', undefined] as const).map((user) => [
    `the user ${user}`,
    user === undefined ? {} : { user },
    { user: { allowRoot: false } },
  ]),
  'priority.max': [
    ['a higher one', { priority: 11 }, { priority: { max: 10 } }],
    ['none where all are to be lower', {}, { priority: { max: -1 } }],
  ],
  'placement.managers': [
    ['managers', at('node.role==manager')],
    ['in another case', at('Node.Role == MANAGER')],
    ['with spaces', at('  node.role  ==  manager  ')],
    ['by what is left', at('node.role != worker')],
    ['among others', at('node.labels.a==b', 'node.role==manager')],
  ],
  'placement.constraints': [
    ['a node', at('node.hostname==m1'), { placement: { constraints: ['node.labels.*'] } }],
  ],
  'logging.drivers': [
    ['a driver that sends elsewhere', { logDriver: { name: 'fluentd' } }],
    ['a plugin', { logDriver: { name: 'evil/driver:1' } }],
  ],
  'logging.maxBuffer': [
    ['a buffer that fills a node', buffer('400m')],
    ['one of no size', buffer('much')],
    ['a smaller one', buffer('2m'), { logging: { maxBuffer: '1m' } }],
    ['one in bytes', buffer('419430400')],
    ['one with a fraction', buffer('0.5g')],
    [
      'the buffer of another driver',
      { logDriver: { name: 'fluentd', options: { 'fluentd-buffer-limit': '4g' } } },
      { logging: { drivers: ['**'] } },
    ],
  ],
  'logging.maxDisk': [
    ['a file that fills a node', files({ 'max-size': '2g' })],
    ['files that do', files({ 'max-size': '100m', 'max-file': '100' })],
    ['many files of the size of Swarmer', files({ 'max-file': '1000' })],
    ['a cache that does', files({ 'cache-max-size': '1g' })],
    ['many files of a cache', files({ 'cache-max-file': '100' })],
    ['less than no files of a cache', files({ 'cache-max-file': '-1' })],
    ['no number of them', files({ 'cache-max-file': 'many' })],
    ['smaller ones', files({ 'max-size': '6m' }), { logging: { maxDisk: '10m' } }],
  ],
  'logging.templates': [
    ['what an engine expands without an end', files({ tag: '{{pad "x" 1000000000 1000000000}}' })],
    ['the same behind a field', files({ tag: '{{.Name}}{{ pad .ID 999999999 0 }}' })],
    ['a pipe', files({ tag: '{{.Name | printf "%099999s"}}' })],
    ['a loop', files({ tag: '{{range .ContainerEnv}}{{.}}{{end}}' })],
    ['one that is not closed', files({ tag: '{{.Name' })],
  ],
  'serviceLabels.allow': [['any', { serviceLabels: { 'traefik.enable': 'true' } }]],
  'containerLabels.allow': [
    ['any', { containerLabels: { a: 'b' } }, { containerLabels: { allow: [] } }],
  ],
};

describe.each(Object.entries(REFUSED))('%s refuses', (rule, cases) => {
  it.each(cases)('%s', (_, spec, rules = {}) => {
    const found = refusals(rules, spec);
    expect(found).toEqual(expect.arrayContaining([expect.stringContaining(`: policy: ${rule}: `)]));
  });
});

describe('without a file a job may have', () => {
  it.each<[string, Partial<JobSpec>]>([
    ['volumes', { mounts: [{ type: 'volume', source: 'data', target: '/x', readOnly: true }] }],
    ['a volume of its own', { mounts: [{ type: 'volume', target: '/x' }] }],
    ['the local driver by name', volume()],
    ['memory', { mounts: [{ type: 'tmpfs', target: '/x', tmpfs: { sizeBytes: 1 } }] }],
    ['overlay networks', { networks: ['apps', { name: 'db', aliases: ['a'] }] }],
    ['secrets and configs', { secrets: ['a'], configs: [{ source: 'b', target: '/c' }] }],
    ['fewer capabilities', { capabilities: { drop: ['ALL'] } }],
    ['safe sysctls', { sysctls: { 'net.ipv4.ip_unprivileged_port_start': '0' } }],
    ['limits', { ulimits: { nofile: 1024 } }],
    ['a user', { user: '0:0', groups: ['0'] }],
    ['workers', at('node.role==worker', 'node.role!=manager', 'node.labels.role==manager')],
    ['local logs', { logDriver: { name: 'json-file', options: { 'max-size': '1m' } } }],
    ['a small buffer', buffer('1m')],
    ['files of the usual size', files({ 'max-size': '100m', 'max-file': '10' })],
    ['tags of fields', files({ tag: 'jobs/{{.Name}}/{{ .ID }}' })],
    ['labels of containers', { containerLabels: { 'a/b': 'c' } }],
    ['any priority', { priority: 1000 }],
  ])('%s', (_, spec) => {
    expect(refusals({}, spec)).toEqual([]);
  });
});

describe('the operator can allow', () => {
  it.each<[string, Partial<JobSpec>, Rules]>([
    ['a directory and what is below', bind('/srv/data/a'), binds('/srv/data')],
    ['the same in another spelling', bind('/srv//./data/'), binds('/srv/data')],
    ["the engine's socket by its name", bind('/run/docker.sock'), binds('/var/run/docker.sock')],
    ['a file of /etc by its name', bind('/etc/ssl/certs/a'), binds('/etc/ssl/certs')],
    ['the root, just so', bind('/'), binds('/')],
    ['reading', bind('/srv', { readOnly: true }), { mounts: { readOnlyBinds: ['/srv'] } }],
    ['options', volume({ size: '10m', type: 'tmpfs', device: 'tmpfs' }), OPTIONS],
    ['other machines', nfs('addr=10.1.1.1,rw,vers=4'), NFS],
    ['other machines by name', nfs('addr=store.lab', 'store.lab:/x'), NFS],
    ['shares', nfs('addr=10.0.0.1,username=u,password=p/w', '//10.0.0.1/share', 'cifs'), NFS],
    ['memory up to a size', tmpfs('size=64m,mode=0700'), TMPFS],
    ['memory of that size', memory(64 * 1024 * 1024), TMPFS],
    ['a bind by options', volume({ type: 'none', o: 'bind,ro', device: '/a' }), OPTIONS_AND('/a')],
    ['names', { hostname: 'DB.team' }, { networks: { aliases: ['*.team'] } }],
    ['a device below a directory', volume({ o: 'bind', device: '/a/b' }), OPTIONS_AND('/a')],
    ["the node's network", { networks: ['host'] }, { networks: { allow: ['host'] } }],
    [
      'a capability',
      { capabilities: { add: ['net_admin'] } },
      { capabilities: { add: ['CAP_NET_ADMIN'] } },
    ],
    ['all of them', { capabilities: { add: ['SYS_ADMIN'] } }, { capabilities: { add: ['ALL'] } }],
    [
      'jobs that drop it',
      { capabilities: { drop: ['cap_net_raw'] } },
      { capabilities: { drop: ['NET_RAW'] } },
    ],
    [
      'jobs that drop all',
      { capabilities: { drop: ['ALL'] } },
      { capabilities: { drop: ['NET_RAW'] } },
    ],
    ['sysctls', { sysctls: { 'net.core.somaxconn': '1' } }, { sysctls: { allow: ['net.*'] } }],
    ['users by number', { user: '1000:0' }, { user: { allowRoot: false } }],
    ['managers', at('node.role==manager'), { placement: { managers: true } }],
    ['templates', files({ tag: '{{lower .Name}}' }), { logging: { templates: true } }],
    ['drivers', { logDriver: { name: 'syslog' } }, { logging: { drivers: ['*'] } }],
    ['labels', { serviceLabels: { 'a.b': 'c' } }, { serviceLabels: { allow: ['a.*'] } }],
    ['priorities up to one', { priority: 10 }, { priority: { max: 10 } }],
    ['lower ones than others have', { priority: -5 }, { priority: { max: -5 } }],
  ])('%s', (_, spec, rules) => {
    expect(refusals(rules, spec)).toEqual([]);
  });
});

it('tells the path of the field by which it stands', () => {
  const spec = { ...bind('/etc'), ...at('node.role==manager'), networks: ['a', { name: 'host' }] };
  expect(refusals({}, spec).map((line) => line.split(':')[0])).toEqual([
    'spec.mounts[0].source',
    'spec.networks[1].name',
    'spec.placement.constraints[0]',
  ]);
});
