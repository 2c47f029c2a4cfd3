/** What a Redis says of itself that decides whether jobs are safe in it. */
export interface RedisState {
  /** Such as `Redis 7.0.15` or `Valkey 8.1.1`. */
  server: string;
  /** Of the Redis that it is, or is compatible with: major and minor. */
  version: [number, number];
  /** `standalone`, `cluster` or `sentinel`. */
  mode: string;
  maxmemoryPolicy: string;
  memory: Memory;
}

/** In bytes. */
export interface Memory {
  /** What counts towards `maxmemory`. */
  used: number;
  /** 0: no limit. */
  max: number;
}

/** Reads the reply of `INFO`. */
export function parseRedisState(info: string): RedisState {
  const fields = fieldsOf(info);
  const version = fields['redis_version'] ?? '0.0';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const valkey = fields['valkey_version'];
  return {
    server: valkey === undefined ? `Redis ${version}` : `Valkey ${valkey}`,
    version: [major, minor],
    mode: fields['redis_mode'] ?? 'standalone',
    maxmemoryPolicy: fields['maxmemory_policy'] ?? 'noeviction',
    memory: memoryOf(fields),
  };
}

/** Reads the reply of `INFO memory`. */
export function parseMemory(info: string): Memory {
  return memoryOf(fieldsOf(info));
}

function memoryOf(fields: Record<string, string>): Memory {
  const number = (name: string) => Number(fields[name] ?? 0);
  return {
    used: number('used_memory') - number('mem_not_counted_for_evict'),
    max: number('maxmemory'),
  };
}

function fieldsOf(info: string): Record<string, string> {
  const lines = info.split(/\r?\n/).filter((line) => line.includes(':'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}

/** Why jobs must not be trusted to this Redis, in one sentence for its operator; undefined when they may. */
export function whyUnfit({
  server,
  version: [major, minor],
  mode,
  maxmemoryPolicy,
  memory,
}: RedisState): string | undefined {
  if (mode === 'sentinel') {
    return 'REDIS_URL leads to a sentinel, which keeps no data: name the sentinels as redis+sentinel://.';
  }
  if (mode === 'cluster') {
    return 'Redis runs as a cluster, which Swarmer cannot use: give it a Redis with "cluster-enabled no".';
  }
  if (major < 6 || (major === 6 && minor < 2)) {
    return `${server} is too old for Swarmer: give it Redis 6.2 or newer, or Valkey, or no REDIS_URL for one of its own.`;
  }
  if (memory.max > 0 && maxmemoryPolicy.startsWith('allkeys-')) {
    return `Redis throws away jobs when it is full (maxmemory-policy ${maxmemoryPolicy}): set "maxmemory-policy noeviction".`;
  }
  return undefined;
}

/** What its operator ought to change although nothing is lost by it yet. */
export function whyWarned({ maxmemoryPolicy, memory }: RedisState): string | undefined {
  if (maxmemoryPolicy === 'noeviction') return undefined;
  const when = memory.max > 0 ? 'is full' : 'gets a "maxmemory" and is full';
  return `Redis throws keys away once it ${when} (maxmemory-policy ${maxmemoryPolicy}): set "maxmemory-policy noeviction".`;
}

/** Share of `maxmemory` from which nothing new is taken, so that what runs has room for its results. */
const WATERMARK = 0.85;

/** Why nothing new is taken, in one sentence; undefined while there is room. */
export function whyFull({ used, max }: Memory): string | undefined {
  if (max === 0 || used < WATERMARK * max) return undefined;
  const percent = Math.floor((100 * used) / max);
  return (
    `Redis uses ${percent} % of its memory (maxmemory ${mib(max)} MiB): from ${100 * WATERMARK} % on no new jobs ` +
    'and tasks are taken, so that those that run can end. Delete finished jobs, give jobs a ' +
    'ttlSecondsAfterFinished, or give Redis more memory.'
  );
}

function mib(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
