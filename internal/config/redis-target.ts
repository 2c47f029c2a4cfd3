import { Refused } from './errors.ts';
import { hostAndPort } from './texts.ts';

/** Where Redis is, and who asks it. */
export type RedisTarget = RedisPlace & RedisAccess;

type RedisPlace =
  | { kind: 'url'; url: string }
  | { kind: 'unix'; path: string }
  | {
      kind: 'sentinel';
      sentinels: { host: string; port: number }[];
      name: string;
      db?: number;
      /** Who asks the sentinels themselves. */
      sentinelUsername?: string;
      sentinelPassword?: string;
    };

/** What of the access `REDIS_URL` does not say itself. */
interface RedisAccess {
  username?: string;
  password?: string;
  /** Present for a connection by TLS; of the sentinels too. */
  tls?: RedisTls;
}

/** PEM texts, or absolute paths of files with them. */
export interface RedisTls {
  ca?: string;
  cert?: string;
  key?: string;
  /** Name that the server's certificate must have; absent: the host that is connected to. */
  serverName?: string;
}

const FORMS =
  'redis://host:6379, rediss://host:6379, redis+unix:///path, redis+sentinel://host:26379/name ' +
  'or rediss+sentinel://host:26379/name';
const SENTINEL_PORT = 26379;

/** Reads `REDIS_URL`. Never shows it: it may hold a password. */
export function redisUrl(text: string): RedisTarget {
  const [, scheme = '', rest = ''] = /^([a-z+]+):\/\/(.*)$/s.exec(text) ?? [];
  switch (scheme) {
    case 'redis':
      return server(text);
    case 'rediss':
      return { ...server(text), tls: {} };
    case 'redis+unix':
      return socket(rest);
    case 'redis+sentinel':
      return sentinel(scheme, rest);
    case 'rediss+sentinel':
      return { ...sentinel(scheme, rest), tls: {} };
    default:
      throw new Refused(`it has none of the forms ${FORMS}`);
  }
}

/** The Redis of the original names: a host without a password. */
export function redisHost(host: string, port: number): RedisTarget {
  return { kind: 'url', url: `redis://${host.includes(':') ? `[${host}]` : host}:${port}` };
}

function server(text: string): RedisTarget {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.hostname || url.port === '0') throw new Refused('it names no host, or no valid port');
  if (!/^\/?$|^\/\d{1,5}$/.test(url.pathname)) {
    throw new Refused(`the path ${JSON.stringify(url.pathname)} is not the number of a database`);
  }
  return { kind: 'url', url: text };
}

function socket(path: string): RedisTarget {
  if (/^\/[^?#@]*[^?#@/]$/.test(path)) return { kind: 'unix', path };
  throw new Refused('redis+unix:// is to be followed by an absolute path and nothing else');
}

/** `user:password@host:port,host:port/name/db`. A URL parser would take one host only. */
function sentinel(scheme: string, text: string): RedisTarget {
  const form = /^(?:([^@/?#]*)@)?([^@/?#]+)\/([\w.-]+)(?:\/(\d{1,5}))?$/;
  const [, login, hosts = '', name = '', db] = form.exec(text) ?? [];
  const sentinels = hosts.split(',').map((entry) => hostAndPort(entry, SENTINEL_PORT));
  const known = sentinels.filter((entry) => entry !== undefined);
  if (name === '' || known.length < sentinels.length) {
    const wanted = 'host:port,host:port/name, maybe with user:password@ before and /database after';
    throw new Refused(`${scheme}:// is to be followed by ${wanted}`);
  }
  return {
    ...{ kind: 'sentinel', sentinels: known, name },
    ...(db === undefined ? {} : { db: Number(db) }),
    ...(login === undefined ? {} : loginOf(login)),
  };
}

function loginOf(text: string): Pick<RedisAccess, 'username' | 'password'> {
  const [, username = '', password] = /^([^:]*)(?::(.*))?$/.exec(text) ?? [];
  if (!password) throw new Refused('before the @ is to be user:password, or :password');
  return {
    ...(username === '' ? {} : { username: decoded(username) }),
    password: decoded(password),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refused('a % in the user or password is to be written as %25');
  }
}
