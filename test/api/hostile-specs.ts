import { SPEC_BODY_BYTES } from '../../internal/httpapi/body/limits.ts';
import { manifest } from './harness.ts';

/** Something that nobody may have, and what is answered. */
export interface Hostile {
  what: string;
  /** `POST` of a job by name unless given. */
  request?: { method: 'post' | 'put'; path: string };
  /** Sent as JSON, or as it is when it is a text. */
  body: unknown;
  headers?: Record<string, string>;
  status: number;
  /** In the answer: the path of the field with the rule, or what else names it. */
  told: RegExp;
}

type Row = [what: string, spec: object, told: RegExp];

const JOBS = '/v1/namespaces/default/jobs';
const SUBMIT = { method: 'post', path: '/submit' } as const;
const PATH = '/v1/namespaces/default';

/** Rows of 31 and 40: what the operator has not allowed. */
const DENIED: readonly Row[] = [
  ['40 a bind mount', bind('/srv/data'), /mounts\[0\]\.source.*mounts\.binds/],
  ["40 the engine's socket", bind('/var/run/docker.sock'), /mounts\.binds/],
  ['40 the same by its other name', bind('/run/docker.sock'), /mounts\.binds/],
  ['40 the same by a way round', bind('/var/run/../run/docker.sock'), /mounts\.binds/],
  ['40 the same with slashes and dots', bind('//var/./run//docker.sock/'), /mounts\.binds/],
  ['40 the same by /proc', bind('/proc/1/root/run/docker.sock'), /mounts\.binds/],
  ["40 the same by the engine's own root", bind('/proc/self/cwd/run/docker.sock'), /mounts\.binds/],
  ['40 the root of the node', bind('/'), /mounts\.binds/],
  ['40 the root by dots', bind('/tmp/..'), /mounts\.binds/],
  ["40 the root of the node's first process", bind('/proc/1/root'), /mounts\.binds/],
  ['40 kernel settings', bind('/sys'), /mounts\.binds/],
  ['40 a disk', bind('/dev/sda', { readOnly: true }), /mounts\.binds/],
  ['40 accounts, only to read', bind('/etc/shadow', { readOnly: true }), /mounts\.binds/],
  ['40 a bind that the node sees', bind('/a', { bind: { propagation: 'rshared' } }), /propagation/],
  ['40 a bind by options', volume({ type: 'none', o: 'bind', device: '/etc' }), /volumeOptions/],
  ['40 the same, recursively', volume({ o: 'rbind', device: '/' }), /mounts\.binds/],
  ['40 the same in other letters', volume({ O: 'BIND', Device: '/etc' }), /mounts\.binds/],
  ['40 the same without a slash', volume({ o: 'bind', device: 'etc' }), /mounts\.binds/],
  ['40 a disk by options', volume({ type: 'ext4', device: '/dev/sda1' }), /mounts\.binds/],
  ['40 layers by options', volume({ type: 'overlay', o: 'lowerdir=/etc' }), /mounts\.binds/],
  ['40 a network disk', volume({ type: 'nfs', o: 'addr=10.0.0.1', device: ':/' }), /volumeOptions/],
  ['40 a driver of others', volume({}, 'vieux/sshfs:latest'), /mounts\.volumeDrivers/],
  ["40 the node's network", { networks: ['host'] }, /networks\[0\].*networks\.allow/],
  ['40 the same with aliases', { networks: [{ name: 'host' }] }, /networks\[0\]\.name/],
  ['40 the same in capitals', { networks: ['HOST'] }, /networks\.allow/],
  ['40 the bridge', { networks: ['apps', 'bridge'] }, /networks\[1\]/],
  ["40 swarm's way to the node", { networks: ['docker_gwbridge'] }, /networks\.allow/],
  ['40 a manager', at('node.role==manager'), /constraints\[0\].*placement\.managers/],
  ['40 a manager in other letters', at(' Node.ROLE == Manager '), /placement\.managers/],
  ['40 a manager by what is left', at('node.role!=worker'), /placement\.managers/],
  ['40 a capability', capability('NET_ADMIN'), /capabilities\.add\[0\].*capabilities\.add/],
  ['40 the greatest one', capability('cap_sys_admin'), /CAP_SYS_ADMIN/],
  ['40 all of them', capability('all'), /capabilities\.add/],
  ['40 a sysctl that is not safe', { sysctls: { 'net.core.somaxconn': '9' } }, /sysctls\.allow/],
  ['40 a log that is sent away', { logDriver: { name: 'gelf' } }, /logging\.drivers/],
  ['40 a label that proxies heed', { serviceLabels: { 'traefik.enable': '1' } }, /serviceLabels/],
  ['31 a callback to the machine', callback('http://127.0.0.1:2375/'), /callback\.url.*private/],
  ['31 the same in hex', callback('http://0x7f.1/'), /127\.0\.0\.1 is a loopback/],
  ['31 the same as one number', callback('http://2130706433/'), /127\.0\.0\.1 is a loopback/],
  ['31 the same in IPv6', callback('http://[::ffff:127.0.0.1]/'), /loopback/],
  ['31 the same by name', callback('http://LocalHost./'), /loopback/],
  ['31 the metadata of a cloud', callback('http://169.254.169.254/'), /metadata/],
  ['31 that behind a name and password', callback('http://a:b@[fd00:ec2::254]/'), /metadata/],
];

/** Rows 32 to 42: what is no job. */
const INVALID: readonly Row[] = [
  ['40 no network at all', { networks: ['none'] }, /networks\[0\].*no network .+none/],
  ['32 an unknown field', { privileged: true }, /spec\.privileged.*unknown field/],
  ['32 a misspelt field', { parallelsim: 1 }, /did you mean .+parallelism/],
  [
    '32 one deep within',
    { mounts: [{ type: 'bind', src: '/', target: '/x' }] },
    /unknown field .+src/,
  ],
  ['34 a constructor', { env: { constructor: 'x' }, constructor: {} }, /refused/],
  ['35 duplicate tasks', { tasks: [{ name: 'a' }, { name: 'a' }] }, /unique/],
  ['35 a way out in a task', { tasks: [{ name: '../../etc' }] }, /tasks\[0\]\.name/],
  ['35 an empty task', { tasks: [{ name: '' }] }, /tasks\[0\]\.name/],
  ['35 a network of a container', { networks: ['container:swarmer'] }, /networks\[0\]/],
  ['35 a way out in a secret', { secrets: ['../x'] }, /secrets\[0\]/],
  ['36 a negative number', { parallelism: -1 }, /parallelism.*must be/],
  ['36 a fraction', { backoffLimit: 0.5 }, /backoffLimit.*must be/],
  ['36 a huge number', { activeDeadlineSeconds: 1e300 }, /activeDeadlineSeconds/],
  ['36 a number as a text', { completions: '3' }, /completions/],
  ['36 more tasks than there may be', { completions: 100_001 }, /completions/],
  ['36 more processors than there are', { resources: { limits: { cpus: 1e9 } } }, /limits\.cpus/],
  ['37 a template as host name', { hostname: '{{.Node.Hostname}}' }, /hostname/],
  ['37 a template in a bind', bind('/{{.Node.ID}}'), /mounts\[0\]\.source/],
  ['37 a template in a target', bind('/a', { target: '/{{env "X"}}' }), /target/],
  ['37 a template as a volume', { mounts: [volumeMount({ source: '{{.Task.ID}}' })] }, /source/],
  ['37 a template in options', volume({ device: '{{.Node.ID}}' }), /options\.device/],
  ['38 an argument with NUL', { args: ['a\0b'] }, /args\[0\]/],
  ['38 an argument that is none', { args: [1] }, /args\[0\].*in quotes/],
  ['38 half a character', { args: ['\ud800'] }, /args\[0\]/],
  ['38 more than a process takes', { args: ['x'.repeat(200_000)] }, /args\[0\]/],
  ['41 a variable of ours', { env: { SWARMER_ADDRESS: 'http://evil' } }, /set by Swarmer/],
  ['41 another one', { env: { TASK_NAME: 'x' } }, /set by Swarmer/],
  ['41 our label on containers', { containerLabels: { 'swarmer.job': 'x' } }, /are ours/],
  ['41 the same in capitals', { serviceLabels: { 'SWARMER.job': 'x' } }, /are ours/],
  ["41 the engine's label", { containerLabels: { 'com.docker.swarm.node.id': 'x' } }, /engine's/],
  ['42 a script as a task', { tasks: [{ name: '<script>alert(1)</script>' }] }, /tasks\[0\]\.name/],
  ['42 escapes in a task', { tasks: [{ name: '\u001b]0;x\u0007' }] }, /tasks\[0\]\.name/],
  ['42 escapes in a user', { user: 'a\u001b[2J' }, /user/],
];

const deep = `${'['.repeat(40)}${']'.repeat(40)}`;

/** What is not sent as a job by its name, or not as JSON. */
const OTHERS: readonly Hostile[] = [
  meta('35 capitals in a name', { name: 'UPPER' }, /metadata\.name/),
  meta('35 a way out in a name', { name: '../x' }, /metadata\.name/),
  meta('35 a line end in a name', { name: 'a\nb' }, /metadata\.name/),
  meta('35 letters that look alike', { name: 'аdmin' }, /metadata\.name/),
  meta('35 a long name', { name: 'a'.repeat(64) }, /metadata\.name/),
  meta('41 our label', { name: 'a', labels: { 'swarmer.job': 'x' } }, /are ours/),
  meta('42 a script as a label', { name: 'a', labels: { a: '<script>' } }, /labels\.a/),
  raw('32 a member twice', `{"image_name":"a","image_name":"b","callback_url":null}`, 400, /twice/),
  raw('33 nesting', `{"image_name":${deep}}`, 400, /deep|nest/),
  raw('33 broken JSON', '{"image_name":', 400, /not JSON: line 1/),
  raw('33 no JSON at all', '\0\u0001', 400, /not JSON/),
  raw('34 __proto__', '{"__proto__":{"image_name":"a"},"callback_url":null}', 400, /__proto__/),
  raw('36 a number beyond all', '{"image_name":"a","callback_url":null,"x":1e999}', 400, /x/),
  {
    ...{ what: '33 a body over the limit', request: SUBMIT, status: 413, told: /larger/ },
    body: `{"image_name":"${'a'.repeat(SPEC_BODY_BYTES)}"}`,
  },
  {
    ...{ what: '33 another media type', request: SUBMIT, status: 415, told: /application\/json/ },
    ...{ body: 'image_name=a', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
  },
  {
    ...{ what: '33 a compressed body', request: SUBMIT, status: 415, told: /./ },
    ...{ body: '{}', headers: { 'Content-Encoding': 'gzip' } },
  },
  {
    ...{ what: '39 a report with a wrong token', status: 401, told: /token/ },
    request: { method: 'post', path: '/result/01ARZ3NDEKTSV4RRFFQ69G5FAV?token=wrong' },
    body: { task_name: 'a', task_status: 0, task_result: { stdout: '', stderr: '' } },
  },
  {
    ...{
      what: '31 a callback of the original',
      request: SUBMIT,
      status: 403,
      told: /callback_url/,
    },
    body: { image_name: 'a', callback_url: 'http://[::1]:6379/' },
  },
  {
    ...{
      what: '40 a bind in a cron job',
      status: 403,
      told: /spec\.jobTemplate\.spec\.mounts\[0\]/,
    },
    request: { method: 'post', path: `${PATH}/cronjobs` },
    body: cronJob(bind('/var/run/docker.sock')),
  },
  {
    ...{ what: '40 a bind that is applied', status: 403, told: /mounts\.binds/ },
    request: { method: 'put', path: `${PATH}/jobs/hostile` },
    body: manifest('hostile', bind('/etc')),
  },
  {
    ...{ what: '40 a cron job that is applied', status: 403, told: /placement\.managers/ },
    request: { method: 'put', path: `${PATH}/cronjobs/hostile` },
    body: cronJob(at('node.role==manager')),
  },
  {
    ...{
      what: '40 everything at once',
      status: 403,
      told: /mounts.*networks.*capabilities.*placement/s,
    },
    body: manifest('hostile', {
      ...{ ...bind('/'), networks: ['host'], ...capability('ALL'), ...at('node.role==manager') },
    }),
  },
];

export const HOSTILE: readonly Hostile[] = [
  ...DENIED.map(([what, spec, told]) => ({
    what,
    body: manifest('hostile', spec),
    status: 403,
    told,
  })),
  ...INVALID.map(([what, spec, told]) => ({
    what,
    body: manifest('hostile', spec),
    status: 400,
    told,
  })),
  ...OTHERS,
];

/** Where a row is sent to that says nothing of it. */
export const BY_NAME = { method: 'post', path: JOBS } as const;

function bind(source: string, more: object = {}) {
  return { mounts: [{ type: 'bind', source, target: '/x', ...more }] };
}

function volumeMount(more: object) {
  return { type: 'volume', target: '/x', ...more };
}

function volume(options: Record<string, string>, name = 'local') {
  return { mounts: [volumeMount({ source: 'data', volume: { driver: { name, options } } })] };
}

function at(...constraints: string[]) {
  return { placement: { constraints } };
}

function capability(...add: string[]) {
  return { capabilities: { add } };
}

function callback(url: string) {
  return { callback: { url } };
}

function cronJob(spec: object) {
  const { spec: job, ...rest } = manifest('hostile', spec);
  return { ...rest, kind: 'CronJob', spec: { schedule: '@daily', jobTemplate: { spec: job } } };
}

function meta(what: string, metadata: object, told: RegExp): Hostile {
  return { what, body: { ...manifest('x'), metadata }, status: 400, told };
}

function raw(what: string, body: string, status: number, told: RegExp): Hostile {
  return { what, request: SUBMIT, body, status, told };
}
