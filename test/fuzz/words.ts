/** Values that a field may have, by its name; the hostile ones among them are refused, or inert. */
export const WORDS: Readonly<Record<string, readonly unknown[]>> = {
  apiVersion: ['swarmer/v1', 'swarmer/v1', 'swarmer/v1', 'batch/v1'],
  namespace: ['default', 'team-a'],
  name: ['a', 'job-1', 'report', 'data', 'host', 'apps', 'local', 'x'.repeat(64), '../x'],
  generateName: ['run-'],
  image: ['alpine', 'busybox:1.36', 'registry:5000/a/b@sha256:0', `a@sha256:${'ab'.repeat(32)}`],
  image_name: ['alpine', 'docker.io/library/alpine:3.20', 'A', ''],
  url: ['http://receiver/x', 'http://127.0.0.1/', 'http://[::1]/', 'ftp://a', 'http://a:99999/'],
  callback_url: ['http://receiver/x', null, 'http://0x7f.1/', 'http://a b/'],
  schedule: ['@daily', '*/5 * * * *', '0 0 30 2 *', '* * * * * *', '60 * * * *'],
  timeZone: ['UTC', 'Europe/Berlin', 'Mars/Base'],
  task_name: ['one', 'two', '<b>', ''],
  task_args: [['a'], [], [1], ['\0']],
  source: ['data', '/var/run/docker.sock', '/srv/../etc', '{{.Node.ID}}', 'a'],
  target: ['/x', '/y', '/', 'x', '/{{.}}'],
  type: ['volume', 'bind', 'tmpfs', 'npipe'],
  device: ['/etc', ':/x'],
  constraints: [['node.labels.a==b'], ['node.role==manager'], ['node.id!=x'], ['x']],
  networks: [['apps'], ['host'], [{ name: 'bridge', aliases: ['a'] }], ['apps', 'apps']],
  add: [['SYS_ADMIN'], ['ALL'], ['NOPE']],
  drop: [['ALL'], ['NET_RAW']],
  sysctls: [
    { 'net.ipv4.tcp_syncookies': '1' },
    { 'net.core.somaxconn': '1' },
    { 'kernel.panic': '1' },
  ],
  ulimits: [{ nofile: 1024 }, { nofile: { soft: 2, hard: 1 } }, { nope: 1 }],
  options: [{}, { o: 'bind', device: '/etc', type: 'none' }, { size: '1m' }],
  serviceLabels: [{ 'traefik.enable': 'true' }],
  containerLabels: [{ a: 'b' }, { 'swarmer.job': 'x' }],
  env: [{ A: 'b' }, { SWARMER_X: 'y' }, { A: '{{.Node.ID}}' }, { '': '' }],
  labels: [{ app: 'a' }, { 'swarmer.x': 'y' }, {}],
  hostname: ['a', '{{.Node.Hostname}}'],
  user: ['1000:1000', 'root', '0'],
  extraHosts: [['db:10.0.0.1'], ['db'], ['db:[::1]']],
  // Counts that are accepted stay small: what is measured is not how much memory there is.
  completions: [1, 2, 3, 40, 0, -1, 1e9, 1.5, '3'],
  cpus: [0.5, '2', -1, 1e99],
  memory: ['64m', 4096, '1x', 8_000_000],
};

/** Values that no field has. */
export const ODD: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER, -0],
  ...['', ' ', '\0', '\ud800', '\u001b[2J', '<script>', '../../etc/passwd', '{{.Node.ID}}'],
  ...['x'.repeat(3000), '日本語', 'NaN', '__proto__', 'constructor', "'; DROP TABLE jobs; --"],
  ...[[], {}, [[]], [{}], { '': null }, { toString: 1 }, { length: -1 }, [null, null]],
];

/** Values of parameters of a path, of a query and of a header, by their names. */
export const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  namespace: ['default', 'default', 'team-a', 'team-b', 'team-c', 'team-d'],
  name: ['a', 'job-1', 'report'],
  node: ['n1', 'node-1', 'nope'],
  task: ['0', '0', '0', '1', 'one', 'nope', '-1', '1e3'],
  labelSelector: ['app=a', ',,', 'app in (a,b)', 'app notin ()', '!app', 'a==', 'x'.repeat(5000)],
  fieldSelector: ['status.phase=Failed', 'x', 'metadata.name!=a', 'metadata.uid=', '='],
  continue: ['\0', 'x', '7ZZZZZZZZZZZZZZZZZZZZZZZZZ', ''],
  after: ['0-0', '9999999999999-1', 'x', '99999999999999999-0'],
  'Idempotency-Key': ['k1', 'k2', 'x'.repeat(300)],
  'If-Match': ['"1"', 'x', '*', 'W/"1"'],
  'Last-Event-ID': ['0', '1', 'x', '0-0', '9'.repeat(40)],
  traceparent: ['00-x', `00-${'a'.repeat(32)}-b-01`, `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`],
};
