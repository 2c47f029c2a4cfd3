import { type RedisTarget, type RedisTls, redisHost } from './redis-target.ts';
import type { Values } from './settings-table.ts';

/** The Redis of the settings, with the access that further variables say; undefined for the embedded one. */
export function redisOf(values: Partial<Values>): RedisTarget | undefined {
  const at = placeOf(values);
  if (at === undefined) return undefined;
  const { redisUsername: username, redisPassword: password } = values;
  const login = { ...present('username', username), ...present('password', password) };
  if (at.tls === undefined) return { ...at, ...login, ...sentinelLogin(at, values) };
  return { ...at, ...login, ...sentinelLogin(at, values), tls: { ...at.tls, ...tlsOf(values) } };
}

function placeOf({ redisUrl, redisHost: host, redisPort = 6379 }: Partial<Values>) {
  if (redisUrl !== undefined) return redisUrl;
  return host === undefined ? undefined : redisHost(host, redisPort);
}

function sentinelLogin({ kind }: RedisTarget, values: Partial<Values>) {
  if (kind !== 'sentinel') return {};
  return {
    ...present('sentinelUsername', values.sentinelUsername),
    ...present('sentinelPassword', values.sentinelPassword),
  };
}

function tlsOf(values: Partial<Values>): RedisTls {
  return {
    ...present('ca', values.redisTlsCa),
    ...present('cert', values.redisTlsCert),
    ...present('key', values.redisTlsKey),
    ...present('serverName', values.redisTlsServerName),
  };
}

function present<K extends string>(name: K, value: string | undefined): { [P in K]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]: string });
}

/** Variables of the access, each with when it makes sense. */
const TLS = ['redisTlsCa', 'redisTlsCert', 'redisTlsKey', 'redisTlsServerName'] as const;
const SENTINEL = ['sentinelUsername', 'sentinelPassword'] as const;
const LOGIN = ['redisUsername', 'redisPassword'] as const;

/** What is wrong with the variables of Redis together, by the names that `nameOf` gives. */
export function redisProblems(
  values: Partial<Values>,
  nameOf: (key: keyof Values) => string,
): string[] {
  const at = placeOf(values);
  const problems: string[] = [];
  const refuse = (keys: readonly (keyof Values)[], why: string) => {
    for (const key of keys) {
      if (values[key] !== undefined) problems.push(`${nameOf(key)}: ${why}`);
    }
  };
  if (at === undefined) {
    refuse([...LOGIN, ...SENTINEL, ...TLS], 'REDIS_URL is not set; for example redis://redis:6379');
    return problems;
  }
  if (hasLogin(at)) refuse(LOGIN, 'REDIS_URL holds a user or password too; keep one of both');
  if (at.tls === undefined) {
    refuse(TLS, 'REDIS_URL is not one by TLS; for example rediss://redis:6379');
  }
  if (at.kind !== 'sentinel') {
    refuse(SENTINEL, 'REDIS_URL names no sentinels; for example redis+sentinel://host:26379/name');
  }
  return problems;
}

function hasLogin(at: RedisTarget): boolean {
  if (at.kind !== 'url') return at.password !== undefined;
  const { username, password } = new URL(at.url);
  return username !== '' || password !== '';
}
