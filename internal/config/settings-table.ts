import { COMPLETION_POLICIES, OWN_LOG_DRIVERS } from '../apis/index.ts';
import { ACCESS_VARIABLES } from './access-variables.ts';
import { callbackAllow, networks } from './allow.ts';
import { baseUrl } from './base-url.ts';
import { dockerHost } from './engine-target.ts';
import { headers } from './headers.ts';
import { bytes, integer, seconds } from './numbers.ts';
import { REDIS_VARIABLES } from './redis-variables.ts';
import { REGISTRY_VARIABLES } from './registry-variables.ts';
import { callbackSecrets } from './secrets.ts';
import { any, host, matching, oneOf, path, pathOfFileOr } from './texts.ts';
import type { ValueOf, Variable } from './variable.ts';
import { weights } from './weights.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Every variable of the server: the one place that knows their names. */
export const SETTINGS_TABLE = {
  port: {
    name: 'SWARMER_PORT',
    fallback: '8500',
    description: 'TCP port to listen on; 0 takes any free one',
    example: '8500',
    parse: integer(0, 65535),
  },
  host: {
    name: 'SWARMER_HOST',
    description: 'address to listen on (default: loopback without tokens, else all addresses)',
    example: '0.0.0.0',
    parse: host,
  },
  metricsPort: {
    name: 'SWARMER_METRICS_PORT',
    description:
      'TCP port of /metrics, /healthz and /readyz without a token; 0 takes any free one (default: off)',
    example: '9500',
    parse: integer(0, 65535),
  },
  metricsHost: {
    name: 'SWARMER_METRICS_HOST',
    fallback: '127.0.0.1',
    description: 'address of that port; whoever reaches it reads the metrics',
    example: '0.0.0.0',
    parse: host,
  },
  otlpEndpoint: {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    description: 'base URL of what takes traces, by OTLP over HTTP as JSON (default: no traces)',
    example: 'http://collector:4318',
    parse: baseUrl,
  },
  otlpHeaders: {
    name: 'OTEL_EXPORTER_OTLP_HEADERS',
    description: 'headers sent with traces, such as credentials: name=value, by commas',
    example: 'authorization=Bearer%20token',
    parse: headers,
  },
  dataDir: {
    name: 'SWARMER_DATA_DIR',
    fallback: '/var/lib/swarmer',
    description: 'folder of the embedded Redis; unused with REDIS_URL',
    example: '/var/lib/swarmer',
    parse: path,
  },
  ...REDIS_VARIABLES,
  dockerHost: {
    name: 'DOCKER_HOST',
    description: 'Docker Engine of a swarm manager (default: unix:///var/run/docker.sock)',
    example: 'tcp://manager:2376',
    parse: dockerHost,
  },
  dockerSocketPath: {
    name: 'DOCKER_SOCKET_PATH',
    description: 'unix socket of the engine, the original name; prefer DOCKER_HOST',
    example: '/var/run/docker.sock',
    parse: path,
  },
  dockerTlsVerify: {
    name: 'DOCKER_TLS_VERIFY',
    description: 'any value turns TLS on for a DOCKER_HOST that is no unix socket',
    example: '1',
    parse: any,
  },
  dockerCertPath: {
    name: 'DOCKER_CERT_PATH',
    description: 'folder with ca.pem, cert.pem and key.pem for DOCKER_TLS_VERIFY',
    example: '/run/secrets/docker',
    parse: path,
  },
  ...REGISTRY_VARIABLES,
  applyDir: {
    name: 'SWARMER_APPLY_DIR',
    description: 'folder of manifests that serve and api keep applied; also --apply <dir>',
    example: '/etc/swarmer/manifests',
    parse: path,
  },
  policy: {
    name: 'SWARMER_POLICY',
    description:
      'YAML file of what jobs may use (default: nothing of nodes; every network, secret, config and volume of ' +
      'the swarm). With tokens of namespaces it must be set; none: they share what there is',
    example: '/etc/swarmer/policy.yaml',
    parse: pathOfFileOr('none'),
  },
  instance: {
    name: 'SWARMER_INSTANCE',
    fallback: 'default',
    description: 'label value that separates installations on one swarm',
    example: 'team-a',
    parse: matching(
      /^[a-z0-9][a-z0-9_.-]{0,62}$/,
      'a name of 1 to 63 of a-z, 0-9, "_", "." and "-" that begins with a letter or digit',
    ),
  },
  ...ACCESS_VARIABLES,
  callbackAllow: {
    name: 'SWARMER_CALLBACK_ALLOW',
    description: 'private addresses, CIDRs and host names that callbacks may reach, by commas',
    example: '127.0.0.1,10.0.0.0/8,receiver.local,*.internal',
    parse: callbackAllow,
  },
  callbackSecrets: {
    name: 'SWARMER_CALLBACK_SECRET',
    description: 'secret that callbacks are signed with; two by comma while it is changed',
    example: 'whsec_$(openssl rand -base64 32)',
    parse: callbackSecrets,
  },
  maxConcurrentTasks: {
    name: 'SWARMER_MAX_CONCURRENT_TASKS',
    fallback: '12',
    description: 'most tasks that run at one time, over all jobs',
    example: '12',
    parse: integer(1, 10_000),
  },
  namespaceWeights: {
    name: 'SWARMER_NAMESPACE_WEIGHTS',
    description: 'how many times the slots of another namespace these get when all want more (1)',
    example: 'team-a=3,team-b=2',
    parse: weights,
  },
  outputLimitBytes: {
    name: 'SWARMER_OUTPUT_LIMIT_BYTES',
    fallback: '1048576',
    description: 'bytes kept of stdout and of stderr of each task, counted from the end',
    example: '1MiB',
    parse: bytes(0, 64 * 1024 * 1024),
  },
  logDriver: {
    name: 'SWARMER_LOG_DRIVER',
    fallback: 'json-file',
    description:
      'log driver of tasks whose job names none, with options by which it is known what is read: json-file, ' +
      'local, or engine for what each node has by default (then a log is partial where that is not known)',
    example: 'local',
    parse: oneOf(OWN_LOG_DRIVERS),
  },
  submitCompletionPolicy: {
    name: 'SWARMER_SUBMIT_COMPLETION_POLICY',
    description:
      'completionPolicy of jobs of /submit: report for images of the original client (default: both)',
    example: 'report',
    parse: oneOf(COMPLETION_POLICIES),
  },
  jobTtlSeconds: {
    name: 'SWARMER_JOB_TTL_SECONDS',
    description:
      'seconds after its end that a job is removed which gives no ttlSecondsAfterFinished, nor its policy (never)',
    example: '604800',
    parse: integer(0, 2_000_000_000),
  },
  attemptOutputBytes: {
    name: 'SWARMER_ATTEMPT_OUTPUT_BYTES',
    fallback: '67108864',
    description:
      'bytes kept in each job of the output of failed attempts that were tried again: of the first and ' +
      'the last three of each task the last 64 KiB of each stream',
    example: '64MiB',
    parse: bytes(0, 1024 * 1024 * 1024 * 1024),
  },
  logLevel: {
    name: 'SWARMER_LOG_LEVEL',
    fallback: 'info',
    description: LOG_LEVELS.join(', '),
    example: 'info',
    parse: oneOf(LOG_LEVELS),
  },
  reportUrl: {
    name: 'SWARMER_REPORT_URL',
    description: 'base URL under which tasks reach this server (default: found out at start)',
    example: 'http://10.0.0.5:8500',
    parse: baseUrl,
  },
  reportOnly: {
    name: 'SWARMER_REPORT_ONLY',
    description:
      'addresses of this server, by comma or CIDR, on which only the report endpoint answers',
    example: '10.249.0.0/20',
    parse: networks,
  },
  runnerHost: {
    name: 'RUNNER_HOST_NAME',
    description: 'host under which tasks reach this server, the original name',
    example: 'swarmer',
    parse: host,
  },
  runnerPort: {
    name: 'RUNNER_PORT',
    description: 'port under which tasks reach this server (default: the port it listens on)',
    example: '8500',
    parse: integer(1, 65535),
  },
  stack: {
    name: 'SWARMER_STACK',
    description:
      'name of the Docker stack that the controller is of: jobs may use nothing of it (default: none)',
    example: 'swarmer',
    parse: matching(/^[A-Za-z0-9][\w.-]*$/, 'the name of a Docker stack'),
  },
  network: {
    name: 'RUNNER_NETWORK',
    description: 'overlay network that tasks are attached to',
    example: 'swarmer',
    parse: matching(/^[A-Za-z0-9][\w.-]*$/, 'the name of a Docker network'),
  },
  leaseMs: {
    name: 'SWARMER_LEASE_SECONDS',
    fallback: '5',
    description: 'seconds after which another controller takes over from one that fell silent',
    example: '5',
    parse: seconds(0.5, 3600),
  },
  shutdownGraceMs: {
    name: 'SWARMER_SHUTDOWN_GRACE_SECONDS',
    fallback: '10',
    description: 'seconds that what is under way gets to end when the server is stopped',
    example: '10',
    parse: seconds(0, 3600),
  },
} satisfies Record<string, Variable<unknown>>;

type Table = typeof SETTINGS_TABLE;

/** The value of each variable by its name in the table. */
export type Values = { [K in keyof Table]: ValueOf<Table[K]> };
