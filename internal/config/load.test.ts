import { describe, expect, it } from 'vitest';
import { loadSettings, type Settings, SettingsError } from './index.ts';
import type { Env } from './read-text.ts';

const FILES: Record<string, string> = {
  '/run/token': 'a-token-of-24-characters\n',
  '/run/nil': '\n',
};

function readFile(path: string): string {
  const text = FILES[path];
  if (text === undefined) throw new Error(`ENOENT: no such file, open '${path}'`);
  return text;
}

const load = (env: Env): Settings => loadSettings(env, readFile);

function problemsOf(env: Env): readonly string[] {
  try {
    load(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('loadSettings', () => {
  it('has a default for everything', () => {
    expect(load({ HOME: '/root', SWARMER_HOST: '' })).toEqual({
      port: 8500,
      dataDir: '/var/lib/swarmer',
      redisPrefix: 'swarmer:',
      engine: { socketPath: '/var/run/docker.sock' },
      registry: {},
      instance: 'default',
      allowAnonymousAdmin: false,
      allowedHosts: [],
      apiTokens: [],
      auditLog: 'stdout',
      authFailureLimit: 10,
      callbackAllow: [],
      callbackSecrets: [],
      maxConcurrentTasks: 12,
      namespaceWeights: {},
      metricsHost: '127.0.0.1',
      outputLimitBytes: 1024 * 1024,
      logDriver: 'json-file',
      attemptOutputBytes: 64 * 1024 * 1024,
      logLevel: 'info',
      leaseMs: 5000,
      shutdownGraceMs: 10_000,
    });
  });

  it.each<[Env, Partial<Settings>]>([
    [{ SWARMER_PORT: '0' }, { port: 0 }],
    [{ SWARMER_HOST: '::1' }, { host: '::1' }],
    [{ SWARMER_ALLOW_ANONYMOUS_ADMIN: 'true' }, { allowAnonymousAdmin: true }],
    [
      { SWARMER_ALLOWED_HOSTS: 'swarmer.example, *.internal,10.0.0.5' },
      { allowedHosts: ['swarmer.example', '*.internal', '10.0.0.5'] },
    ],
    [{ SWARMER_DATA_DIR: '/data/./x' }, { dataDir: '/data/x' }],
    [{ SWARMER_APPLY_DIR: '/jobs/./x' }, { applyDir: '/jobs/x' }],
    [{ SWARMER_REDIS_PREFIX: 'a:' }, { redisPrefix: 'a:' }],
    [{ SWARMER_INSTANCE: '1.a_b-c' }, { instance: '1.a_b-c' }],
    [{ SWARMER_MAX_CONCURRENT_TASKS: '10000' }, { maxConcurrentTasks: 10_000 }],
    [{ SWARMER_NAMESPACE_WEIGHTS: 'a=3, b-2=1' }, { namespaceWeights: { a: 3, 'b-2': 1 } }],
    [{ SWARMER_OUTPUT_LIMIT_BYTES: '0' }, { outputLimitBytes: 0 }],
    [{ SWARMER_OUTPUT_LIMIT_BYTES: '512KiB' }, { outputLimitBytes: 524_288 }],
    [{ SWARMER_LOG_DRIVER: 'engine' }, { logDriver: 'engine' }],
    [{ SWARMER_OUTPUT_LIMIT_BYTES: '64MiB' }, { outputLimitBytes: 67_108_864 }],
    [{ SWARMER_ATTEMPT_OUTPUT_BYTES: '0' }, { attemptOutputBytes: 0 }],
    [{ SWARMER_ATTEMPT_OUTPUT_BYTES: '1024MiB' }, { attemptOutputBytes: 1_073_741_824 }],
    [{ SWARMER_LOG_LEVEL: 'silent' }, { logLevel: 'silent' }],
    [{ SWARMER_SUBMIT_COMPLETION_POLICY: 'report' }, { submitCompletionPolicy: 'report' }],
    [{ SWARMER_REPORT_ONLY: '10.0.0.0/8, ::1' }, { reportOnly: ['10.0.0.0/8', '::1'] }],
    [{ SWARMER_LEASE_SECONDS: '0.5' }, { leaseMs: 500 }],
    [{ SWARMER_SHUTDOWN_GRACE_SECONDS: '0' }, { shutdownGraceMs: 0 }],
    [{ SWARMER_METRICS_PORT: '9500' }, { metricsPort: 9500 }],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/' },
      { otlp: { endpoint: 'http://c:4318', headers: {} } },
    ],
    [
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318',
        OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20a%3Db, x-tenant=1',
      },
      {
        otlp: {
          endpoint: 'http://c:4318',
          headers: { authorization: 'Bearer a=b', 'x-tenant': '1' },
        },
      },
    ],
    [{ SWARMER_REPORT_URL: 'https://s.example/base//' }, { reportUrl: 'https://s.example/base' }],
    [{ RUNNER_HOST_NAME: 'swarmer' }, { runnerHost: 'swarmer' }],
    [{ RUNNER_PORT: '80' }, { runnerPort: 80 }],
    [{ RUNNER_NETWORK: 'jobs_default' }, { network: 'jobs_default' }],
    [
      { SWARMER_CALLBACK_ALLOW: '10.0.0.0/8, ::1,fd00::/8,receiver.local,*.internal,bücher.de' },
      {
        callbackAllow: [
          '10.0.0.0/8',
          '::1',
          'fd00::/8',
          'receiver.local',
          '*.internal',
          'bücher.de',
        ],
      },
    ],
    [
      { SWARMER_REGISTRY_CREDENTIALS: '/etc/r/./s.yaml', DOCKER_CONFIG: '/root/.docker' },
      { registry: { credentialsPath: '/etc/r/s.yaml', dockerConfig: '/root/.docker' } },
    ],
    [
      {
        BASIC_AUTH_REGISTRY: 'https://registry:5000/v2/',
        BASIC_AUTH_USER: 'robot',
        BASIC_AUTH_PASSWORD_FILE: '/run/token',
      },
      {
        registry: {
          basicAuth: {
            registry: 'registry:5000',
            username: { value: 'robot' },
            password: { value: 'a-token-of-24-characters', file: '/run/token' },
          },
        },
      },
    ],
    [
      {
        ...{ BASIC_AUTH_REGISTRY: 'r', BASIC_AUTH_USER: 'u', BASIC_AUTH_PASSWORD: 'p' },
        ...{ BASIC_AUTH_SHOULD_REAUTH: 'Yes', BASIC_AUTH_REAUTH_HOURS: '2' },
      },
      {
        registry: {
          basicAuth: {
            ...{ registry: 'r', username: { value: 'u' }, password: { value: 'p' } },
            reauthMs: 7_200_000,
          },
        },
      },
    ],
    [
      { BASIC_AUTH_REGISTRY: 'r', BASIC_AUTH_USER: 'u', BASIC_AUTH_PASS: 'p' },
      {
        registry: {
          basicAuth: { registry: 'r', username: { value: 'u' }, password: { value: 'p' } },
        },
      },
    ],
    [
      { AWS_ACCESS_KEY_ID: 'k', AWS_SECRET_ACCESS_KEY_FILE: '/run/token' },
      {
        registry: {
          ecr: {
            keys: {
              accessKeyId: { value: 'k' },
              secretAccessKey: { value: 'a-token-of-24-characters', file: '/run/token' },
            },
          },
        },
      },
    ],
    [{ AWS_REGION: 'eu-west-1' }, { registry: { ecr: { region: 'eu-west-1' } } }],
    [{ SWARMER_CALLBACK_SECRET: 'new,old' }, { callbackSecrets: ['new', 'old'] }],
  ])('reads %j', (env, expected) => {
    expect(load(env)).toMatchObject(expected);
  });

  it.each([
    ['redis://:pw@redis:6380/2', { kind: 'url', url: 'redis://:pw@redis:6380/2' }],
    ['rediss://redis', { kind: 'url', url: 'rediss://redis', tls: {} }],
    ['redis+unix:///run/redis.sock', { kind: 'unix', path: '/run/redis.sock' }],
    [
      'redis+sentinel://a:26380,b,[::1]:5/main',
      {
        kind: 'sentinel',
        sentinels: [
          { host: 'a', port: 26380 },
          { host: 'b', port: 26379 },
          { host: '::1', port: 5 },
        ],
        name: 'main',
      },
    ],
    [
      'rediss+sentinel://app:p%40ss@a/main/3',
      {
        ...{ kind: 'sentinel', sentinels: [{ host: 'a', port: 26379 }], name: 'main', db: 3 },
        ...{ username: 'app', password: 'p@ss', tls: {} },
      },
    ],
  ])('reads the Redis %s', (REDIS_URL, expected) => {
    expect(load({ REDIS_URL }).redis).toEqual(expected);
  });

  it('reads the access to Redis by variables of its own', () => {
    const login = { REDIS_USERNAME: 'api', REDIS_PASSWORD: 'secret' };
    expect(load({ REDIS_URL: 'redis+unix:///run/r.sock', ...login }).redis).toEqual({
      ...{ kind: 'unix', path: '/run/r.sock', username: 'api', password: 'secret' },
    });
    expect(load({ REDIS_TARGET: 'db', ...login }).redis).toMatchObject({ password: 'secret' });
    const sentinel = {
      REDIS_URL: 'rediss+sentinel://a/main',
      REDIS_SENTINEL_USERNAME: 'watcher',
      REDIS_SENTINEL_PASSWORD: 'other',
      REDIS_TLS_CA: '/run/ca.pem',
      REDIS_TLS_CERT: '-----BEGIN CERTIFICATE-----\n…',
      REDIS_TLS_KEY: '/run/key.pem',
      REDIS_TLS_SERVERNAME: 'redis.internal',
    };
    expect(load({ ...sentinel, ...login }).redis).toMatchObject({
      ...{ username: 'api', sentinelUsername: 'watcher', sentinelPassword: 'other' },
      tls: {
        ca: '/run/ca.pem',
        cert: '-----BEGIN CERTIFICATE-----\n…',
        key: '/run/key.pem',
        serverName: 'redis.internal',
      },
    });
  });

  it('reads the original names of Redis', () => {
    expect(load({ REDIS_TARGET: 'db' }).redis).toEqual({ kind: 'url', url: 'redis://db:6379' });
    expect(load({ REDIS_TARGET: '::1', REDIS_PORT: '7' }).redis).toEqual({
      kind: 'url',
      url: 'redis://[::1]:7',
    });
  });

  it.each<[Env, Settings['engine']]>([
    [{ DOCKER_HOST: 'unix:///tmp/d.sock' }, { socketPath: '/tmp/d.sock' }],
    [{ DOCKER_SOCKET_PATH: '/tmp/e.sock' }, { socketPath: '/tmp/e.sock' }],
    [{ DOCKER_HOST: 'tcp://m' }, { host: 'm', port: 2375, protocol: 'http' }],
    [{ DOCKER_HOST: 'http://[::1]:99/' }, { host: '::1', port: 99, protocol: 'http' }],
    [{ DOCKER_HOST: 'https://m' }, { host: 'm', port: 443, protocol: 'https' }],
    [
      { DOCKER_HOST: 'tcp://m', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' },
      {
        host: 'm',
        port: 2376,
        protocol: 'https',
        ca: '/certs/ca.pem',
        cert: '/certs/cert.pem',
        key: '/certs/key.pem',
      },
    ],
  ])('finds the engine of %j', (env, expected) => {
    expect(load(env).engine).toEqual(expected);
  });

  it('reads tokens by commas, blanks and lines, without comments', () => {
    const text = '# team a\nfirst-token-000000, second-token-00000\n  # no\n\nthird-token-000000\n';
    expect(load({ SWARMER_API_TOKENS: text }).apiTokens).toEqual([
      'first-token-000000',
      'second-token-00000',
      'third-token-000000',
    ]);
  });

  it('reads a variable from the file that NAME_FILE names, without its last line end', () => {
    expect(load({ SWARMER_API_TOKENS_FILE: '/run/token' }).apiTokens).toEqual([
      'a-token-of-24-characters',
    ]);
  });

  it('leaves alone what tasks and swarmerctl are told, and what is not its own', () => {
    const env = { SWARMER_ADDRESS: 'x', SWARMER_TOKEN: 'x', SWARMER_TASK_ARGS: '[]', PORT: 'x' };
    expect(problemsOf(env)).toEqual([]);
  });
});

describe('a wrong setting', () => {
  it.each([
    ['SWARMER_PORT', '12abc', '"12abc" is not an integer from 0 to 65535'],
    ['SWARMER_PORT', '1e3', '"1e3" is not an integer from 0 to 65535'],
    ['SWARMER_PORT', '-1', '"-1" is not an integer from 0 to 65535'],
    ['SWARMER_PORT', '1.5', '"1.5" is not an integer from 0 to 65535'],
    ['SWARMER_PORT', ' 1', '" 1" is not an integer from 0 to 65535'],
    ['SWARMER_PORT', '65536', '"65536" is not an integer from 0 to 65535'],
    ['SWARMER_ALLOWED_HOSTS', 'a:80', '"a:80" is no host name, address or *.suffix'],
    ['SWARMER_ALLOW_ANONYMOUS_ADMIN', 'yes', '"yes" is not one of true, false'],
    ['SWARMER_HOST', 'a:80', '"a:80" is not a host name or address (without a port)'],
    ['SWARMER_NAMESPACE_WEIGHTS', 'a=0', '"a=0" is no part of a list such as team-a=3'],
    ['SWARMER_NAMESPACE_WEIGHTS', 'a=1,A=2', '"A=2" is no part of a list such as team-a=3'],
    ['SWARMER_NAMESPACE_WEIGHTS', 'a=1,a=2', 'a is named twice'],
    ['SWARMER_MAX_CONCURRENT_TASKS', '0', '"0" is not an integer from 1 to 10000'],
    ['SWARMER_OUTPUT_LIMIT_BYTES', '65MiB', '"65MiB" is not a number of bytes from 0 to 67108864'],
    ['SWARMER_OUTPUT_LIMIT_BYTES', '1MB', '"1MB" is not a number of bytes from 0 to 67108864'],
    ['SWARMER_LEASE_SECONDS', '0.4', '"0.4" is not a number of seconds from 0.5 to 3600'],
    ['SWARMER_LEASE_SECONDS', '5s', '"5s" is not a number of seconds from 0.5 to 3600'],
    ['SWARMER_INSTANCE', 'Team', '"Team" is not a name of 1 to 63'],
    ['SWARMER_LOG_LEVEL', 'verbose', '"verbose" is not one of trace, debug, info'],
    ['SWARMER_REPORT_URL', 'ftp://x', 'it is no URL that begins with http:// or https://'],
    ['SWARMER_REPORT_URL', 'http://x/?a=1', 'it is a base URL: no user, no query, no fragment'],
    ['SWARMER_CALLBACK_ALLOW', '10.0.0.0/33', '"10.0.0.0/33" is no address, CIDR, host name'],
    ['SWARMER_CALLBACK_ALLOW', 'http://x', '"http://x" is no address, CIDR, host name'],
    ['SWARMER_CALLBACK_SECRET', 'a,b,c', 'it holds 3 secrets, at most 2 are allowed'],
    ['SWARMER_API_TOKENS', '# none', 'it is set and holds no token'],
    ['REDIS_URL', 'localhost:6379', 'it has none of the forms redis://host:6379'],
    ['REDIS_URL', 'redis://', 'it names no host'],
    ['REDIS_URL', 'redis://h/queue', 'the path "/queue" is not the number of a database'],
    ['REDIS_URL', 'redis+unix://run/x', 'redis+unix:// is to be followed by an absolute path'],
    ['REDIS_URL', 'redis+sentinel://a:0/n', 'redis+sentinel:// is to be followed by host:port'],
    ['REDIS_URL', 'redis+sentinel://pw@a/n', 'before the @ is to be user:password'],
    ['REDIS_URL', 'redis+sentinel://:p%w@a/n', 'a % in the user or password is to be written as'],
    ['DOCKER_HOST', 'ssh://m', '"ssh://m" has none of the forms unix:///path'],
    ['DOCKER_HOST', 'tcp://m:70000', '"tcp://m:70000" has none of the forms unix:///path'],
    ['RUNNER_NETWORK', '-x', '"-x" is not the name of a Docker network'],
  ])('%s=%s is refused with what is wrong and an example', (name, text, wrong) => {
    const [line, ...more] = problemsOf({ [name]: text });
    expect(line).toContain(`${name}: ${wrong}`);
    expect(line).toMatch(new RegExp(`; for example ${name}=.`));
    expect(more).toEqual([]);
  });

  it.each([
    [{ SWARMER_PROT: '1' }, /^SWARMER_PROT: .* did you mean SWARMER_PORT\?$/],
    [{ SWARMER_PORT_FIEL: '1' }, /did you mean SWARMER_PORT_FILE\?$/],
    [{ REDIS_URL: 'redis://h', REDIS_TARGET: 'h' }, /^REDIS_TARGET: REDIS_URL is set too/],
    [{ DOCKER_HOST: 'tcp://h', DOCKER_SOCKET_PATH: '/s' }, /^DOCKER_SOCKET_PATH: DOCKER_HOST is/],
    [{ REDIS_PORT: '1' }, /^REDIS_PORT: REDIS_TARGET is not set/],
    [{ REDIS_PASSWORD: 'x' }, /^REDIS_PASSWORD: REDIS_URL is not set/],
    [{ REDIS_URL: 'redis://h', REDIS_USERNAME: 'u' }, /^REDIS_USERNAME: REDIS_PASSWORD is not set/],
    [
      { REDIS_URL: 'redis://:pw@h', REDIS_PASSWORD: 'x' },
      /^REDIS_PASSWORD: REDIS_URL holds a user or password too/,
    ],
    [{ REDIS_URL: 'redis://h', REDIS_TLS_CA: '/c' }, /^REDIS_TLS_CA: REDIS_URL is not one by TLS/],
    [
      { REDIS_URL: 'rediss://h', REDIS_TLS_CERT: '/c' },
      /^REDIS_TLS_CERT: REDIS_TLS_KEY is not set/,
    ],
    [
      { REDIS_URL: 'redis://h', REDIS_SENTINEL_PASSWORD: 'x' },
      /^REDIS_SENTINEL_PASSWORD: REDIS_URL names no sentinels/,
    ],
    [{ DOCKER_TLS_VERIFY: '1' }, /^DOCKER_TLS_VERIFY: DOCKER_CERT_PATH is not set/],
    [{ BASIC_AUTH_REGISTRY: 'r' }, /^BASIC_AUTH_REGISTRY: BASIC_AUTH_USER is not set/],
    [{ BASIC_AUTH_PASSWORD: 'p' }, /^BASIC_AUTH_PASSWORD: BASIC_AUTH_USER is not set/],
    [
      { BASIC_AUTH_REGISTRY: 'r', BASIC_AUTH_USER: 'u' },
      /^BASIC_AUTH_USER: BASIC_AUTH_PASSWORD is not set/,
    ],
    [{ AWS_ACCESS_KEY_ID: 'k' }, /^AWS_ACCESS_KEY_ID: AWS_SECRET_ACCESS_KEY is not set/],
    [{ AWS_SESSION_TOKEN: 't' }, /^AWS_SESSION_TOKEN: AWS_ACCESS_KEY_ID is not set/],
    [{ SWARMER_REPORT_URL: 'http://h', RUNNER_PORT: '1' }, /^RUNNER_PORT: SWARMER_REPORT_URL is/],
    [
      { SWARMER_PORT: '1', SWARMER_PORT_FILE: '/f' },
      /^SWARMER_PORT and SWARMER_PORT_FILE are both/,
    ],
    [{ SWARMER_PORT_FILE: '/none' }, /^SWARMER_PORT_FILE: the file cannot be read \(ENOENT/],
    [
      { SWARMER_API_TOKENS_FILE: '/run/nil' },
      /^SWARMER_API_TOKENS_FILE: the file "\/run\/nil" is empty/,
    ],
  ])('%j is one problem that says so', (env: Env, expected) => {
    expect(problemsOf(env)).toEqual([expect.stringMatching(expected)]);
  });

  it('is told together with all others, one line each', () => {
    const env = { SWARMER_PORT: 'x', SWARMER_INSTANCE: 'X', SWARMER_PROT: '1', REDIS_URL: 'y' };
    expect(() => load(env)).toThrow(
      /^SWARMER_PROT: .*\nSWARMER_PORT: .*\nREDIS_URL: .*\nSWARMER_INSTANCE: [^\n]*$/,
    );
  });

  it('never shows a secret', () => {
    const text = problemsOf({
      SWARMER_API_TOKENS: 's3cret,tökens3cret-long-enough',
      SWARMER_CALLBACK_SECRET: 'whsec_s3cret!',
      REDIS_URL: 'http://:s3cret@h',
      BASIC_AUTH_PASSWORD: 's3cret\nmore',
      AWS_SECRET_ACCESS_KEY: 's3cret\nmore',
    }).join('\n');
    expect(text).toContain('token 1 has 6 characters');
    expect(text).toContain('token 2 has characters other than visible ASCII');
    expect(text).toContain('secret 1 is not base64');
    expect(text).not.toContain('s3cret');
  });
});
