/** Pairs that say the same thing twice, the preferred name first. */
const EITHER = [
  ['REDIS_URL', 'REDIS_TARGET'],
  ['REDIS_URL', 'REDIS_PORT'],
  ['DOCKER_HOST', 'DOCKER_SOCKET_PATH'],
  ['SWARMER_REPORT_URL', 'RUNNER_HOST_NAME'],
  ['SWARMER_REPORT_URL', 'RUNNER_PORT'],
  ['BASIC_AUTH_PASSWORD', 'BASIC_AUTH_PASS'],
] as const;

/** The first makes sense only with the second. */
const NEEDS = [
  ['REDIS_PORT', 'REDIS_TARGET', 'REDIS_TARGET=redis'],
  ['REDIS_USERNAME', 'REDIS_PASSWORD', 'REDIS_PASSWORD_FILE=/run/secrets/redis_password'],
  [
    'REDIS_SENTINEL_USERNAME',
    'REDIS_SENTINEL_PASSWORD',
    'REDIS_SENTINEL_PASSWORD_FILE=/run/secrets/sentinel_password',
  ],
  ['REDIS_TLS_CERT', 'REDIS_TLS_KEY', 'REDIS_TLS_KEY=/run/secrets/redis-key.pem'],
  ['REDIS_TLS_KEY', 'REDIS_TLS_CERT', 'REDIS_TLS_CERT=/run/secrets/redis-cert.pem'],
  ['BASIC_AUTH_USER', 'BASIC_AUTH_REGISTRY', 'BASIC_AUTH_REGISTRY=registry.example.com:5000'],
  ['BASIC_AUTH_REGISTRY', 'BASIC_AUTH_USER', 'BASIC_AUTH_USER=robot'],
  ['BASIC_AUTH_PASSWORD', 'BASIC_AUTH_USER', 'BASIC_AUTH_USER=robot'],
  ['BASIC_AUTH_PASS', 'BASIC_AUTH_USER', 'BASIC_AUTH_USER=robot'],
  ['BASIC_AUTH_SHOULD_REAUTH', 'BASIC_AUTH_USER', 'BASIC_AUTH_USER=robot'],
  ['BASIC_AUTH_REAUTH_HOURS', 'BASIC_AUTH_SHOULD_REAUTH', 'BASIC_AUTH_SHOULD_REAUTH=true'],
  ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SECRET_ACCESS_KEY_FILE=/run/secrets/aws'],
  ['AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID', 'AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE'],
  ['AWS_SESSION_TOKEN', 'AWS_ACCESS_KEY_ID', 'AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE'],
  [
    'OTEL_EXPORTER_OTLP_HEADERS',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318',
  ],
  ['DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH', 'DOCKER_CERT_PATH=/run/secrets/docker'],
] as const;

const PASSWORDS = ['BASIC_AUTH_PASSWORD', 'BASIC_AUTH_PASS'];

/** What is wrong with the variables together, whatever each of them says. */
export function contradictions(set: ReadonlySet<string>): string[] {
  const twice = EITHER.filter((pair) => pair.every((name) => set.has(name))).map(
    ([keep, drop]) => `${drop}: ${keep} is set too and says the same; remove ${drop}`,
  );
  const alone = NEEDS.filter(([name, needed]) => set.has(name) && !set.has(needed))
    .filter(([name]) => !twice.some((line) => line.startsWith(`${name}:`)))
    .map(([name, needed, example]) => `${name}: ${needed} is not set; for example ${example}`);
  return [...twice, ...alone, ...withoutPassword(set)];
}

function withoutPassword(set: ReadonlySet<string>): string[] {
  if (!set.has('BASIC_AUTH_USER') || PASSWORDS.some((name) => set.has(name))) return [];
  const example = 'BASIC_AUTH_PASSWORD_FILE=/run/secrets/basic_auth_password';
  return [`BASIC_AUTH_USER: BASIC_AUTH_PASSWORD is not set; for example ${example}`];
}
