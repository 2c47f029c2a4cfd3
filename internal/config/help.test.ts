import { expect, it } from 'vitest';
import { loadSettings, settingsHelp } from './index.ts';
import { SETTINGS_TABLE } from './settings-table.ts';

it('lists every variable with its default', () => {
  const help = settingsHelp();
  for (const { name } of Object.values(SETTINGS_TABLE)) expect(help).toContain(`  ${name} `);
  expect(help).toMatch(/SWARMER_PORT +TCP port.* \(default: 8500\)\n/);
});

const BASIC_AUTH = { BASIC_AUTH_USER: 'u', BASIC_AUTH_PASSWORD: 'p', BASIC_AUTH_REGISTRY: 'r' };

/** What a variable makes sense with. */
const BESIDE: Record<string, Record<string, string>> = {
  REDIS_PORT: { REDIS_TARGET: 'h' },
  REDIS_USERNAME: { REDIS_URL: 'redis://h', REDIS_PASSWORD: 'p' },
  REDIS_PASSWORD: { REDIS_URL: 'redis://h' },
  REDIS_SENTINEL_USERNAME: { REDIS_URL: 'redis+sentinel://h/n', REDIS_SENTINEL_PASSWORD: 'p' },
  REDIS_SENTINEL_PASSWORD: { REDIS_URL: 'redis+sentinel://h/n' },
  REDIS_TLS_CA: { REDIS_URL: 'rediss://h' },
  REDIS_TLS_CERT: { REDIS_URL: 'rediss://h', REDIS_TLS_KEY: '/k' },
  REDIS_TLS_KEY: { REDIS_URL: 'rediss://h', REDIS_TLS_CERT: '/c' },
  OTEL_EXPORTER_OTLP_HEADERS: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:4318' },
  REDIS_TLS_SERVERNAME: { REDIS_URL: 'rediss://h' },
  BASIC_AUTH_USER: { BASIC_AUTH_PASSWORD: 'p', BASIC_AUTH_REGISTRY: 'r' },
  BASIC_AUTH_REGISTRY: { BASIC_AUTH_USER: 'u', BASIC_AUTH_PASSWORD: 'p' },
  BASIC_AUTH_PASSWORD: { BASIC_AUTH_USER: 'u', BASIC_AUTH_REGISTRY: 'r' },
  BASIC_AUTH_PASS: { BASIC_AUTH_USER: 'u', BASIC_AUTH_REGISTRY: 'r' },
  BASIC_AUTH_SHOULD_REAUTH: BASIC_AUTH,
  BASIC_AUTH_REAUTH_HOURS: { ...BASIC_AUTH, BASIC_AUTH_SHOULD_REAUTH: 'true' },
  AWS_ACCESS_KEY_ID: { AWS_SECRET_ACCESS_KEY: 's' },
  AWS_SECRET_ACCESS_KEY: { AWS_ACCESS_KEY_ID: 'k' },
  AWS_SESSION_TOKEN: { AWS_ACCESS_KEY_ID: 'k', AWS_SECRET_ACCESS_KEY: 's' },
};

it.each(Object.values(SETTINGS_TABLE))('the example of $name is right', ({ name, example }) => {
  const withShell = example.replace(/\$\(.*\)/, 'QUJDREVGR0hJSktMTU5PUA==');
  const beside = BESIDE[name] ?? { DOCKER_CERT_PATH: '/c' };
  expect(() => loadSettings({ ...beside, [name]: withShell }, () => '')).not.toThrow();
});
