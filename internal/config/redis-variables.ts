import { integer } from './numbers.ts';
import { redisUrl } from './redis-target.ts';
import { any, host, matching, pem } from './texts.ts';
import type { Variable } from './variable.ts';

/** Where Redis is, and how it is entered. */
export const REDIS_VARIABLES = {
  redisUrl: {
    name: 'REDIS_URL',
    description: 'Redis to use (default: an embedded one); redis[s], redis+unix, redis[s]+sentinel',
    example: 'redis://redis:6379',
    parse: redisUrl,
  },
  redisUsername: {
    name: 'REDIS_USERNAME',
    description: 'user of Redis, where REDIS_URL holds none (default: the user "default")',
    example: 'swarmer-api',
    parse: any,
  },
  redisPassword: {
    name: 'REDIS_PASSWORD',
    description: 'password of Redis, where REDIS_URL holds none',
    example: 'the-password',
    parse: any,
  },
  sentinelUsername: {
    name: 'REDIS_SENTINEL_USERNAME',
    description: 'user of the sentinels themselves',
    example: 'swarmer',
    parse: any,
  },
  sentinelPassword: {
    name: 'REDIS_SENTINEL_PASSWORD',
    description: 'password of the sentinels themselves',
    example: 'the-password',
    parse: any,
  },
  redisTlsCa: {
    name: 'REDIS_TLS_CA',
    description: 'certificates that sign that of Redis: a path, or PEM (default: those of Node)',
    example: '/run/secrets/redis-ca.pem',
    parse: pem,
  },
  redisTlsCert: {
    name: 'REDIS_TLS_CERT',
    description: 'certificate that is shown to Redis: a path, or PEM',
    example: '/run/secrets/redis-cert.pem',
    parse: pem,
  },
  redisTlsKey: {
    name: 'REDIS_TLS_KEY',
    description: 'key of that certificate: a path, or PEM',
    example: '/run/secrets/redis-key.pem',
    parse: pem,
  },
  redisTlsServerName: {
    name: 'REDIS_TLS_SERVERNAME',
    description: 'name that the certificate of Redis must have (default: the host of its URL)',
    example: 'redis.internal',
    parse: host,
  },
  redisHost: {
    name: 'REDIS_TARGET',
    description: 'host of the Redis to use, the original name; prefer REDIS_URL',
    example: 'redis',
    parse: host,
  },
  redisPort: {
    name: 'REDIS_PORT',
    fallback: '6379',
    description: 'port of REDIS_TARGET',
    example: '6379',
    parse: integer(1, 65535),
  },
  redisPrefix: {
    name: 'SWARMER_REDIS_PREFIX',
    fallback: 'swarmer:',
    description: 'begins every key, so that installations can share a Redis',
    example: 'swarmer:',
    parse: matching(/^[!-~]{1,100}$/, 'text of 1 to 100 visible ASCII characters'),
  },
} satisfies Record<string, Variable<unknown>>;
