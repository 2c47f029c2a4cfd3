import { describe, expect, it } from 'vitest';
import { parseMemory, parseRedisState, whyFull, whyUnfit, whyWarned } from './redis-state.ts';

const MIB = 1024 * 1024;

/** What `INFO` says, in the form of Redis: sections, CRLF. */
function info(fields: Record<string, string | number>): string {
  const all = { redis_version: '7.0.15', redis_mode: 'standalone', maxmemory: 0, ...fields };
  const lines = Object.entries(all).map(([name, value]) => `${name}:${value}`);
  return ['# Server', ...lines, ''].join('\r\n');
}

const state = (fields: Record<string, string | number>) => parseRedisState(info(fields));

describe('jobs are not trusted to a Redis', () => {
  it.each([
    [{ redis_version: '5.0.14' }, 'Redis 5.0.14 is too old'],
    [{ redis_version: '6.0.20' }, 'Redis 6.0.20 is too old'],
    [{ redis_mode: 'cluster' }, 'cluster'],
    [{ redis_mode: 'sentinel' }, 'sentinel'],
    [{ maxmemory: MIB, maxmemory_policy: 'allkeys-lru' }, 'maxmemory-policy allkeys-lru'],
    [{ maxmemory: MIB, maxmemory_policy: 'allkeys-random' }, '"maxmemory-policy noeviction"'],
  ])('that says %j', (fields, words) => {
    expect(whyUnfit(state(fields))).toContain(words);
  });

  it.each([
    [{}],
    [{ redis_version: '6.2.0' }],
    [{ redis_version: '8.0.1' }],
    [{ redis_version: '7.2.4', valkey_version: '8.1.1', server_name: 'valkey' }],
    [{ maxmemory: MIB, maxmemory_policy: 'noeviction' }],
    [{ maxmemory: MIB, maxmemory_policy: 'volatile-lru' }],
    [{ maxmemory_policy: 'allkeys-lru' }],
  ])('but to one that says %j', (fields) => {
    expect(whyUnfit(state(fields))).toBeUndefined();
  });
});

it('an operator is warned of a policy that may throw keys away, now or later', () => {
  expect(whyWarned(state({ maxmemory: MIB, maxmemory_policy: 'volatile-lru' }))).toContain(
    'once it is full',
  );
  expect(whyWarned(state({ maxmemory_policy: 'allkeys-lfu' }))).toContain('gets a "maxmemory"');
  expect(whyWarned(state({ maxmemory_policy: 'noeviction' }))).toBeUndefined();
});

it('a Valkey is called by its own name and version', () => {
  expect(state({ valkey_version: '8.1.1' }).server).toBe('Valkey 8.1.1');
});

describe('the memory', () => {
  it('counts as Redis counts it against its limit', () => {
    const text = info({ maxmemory: 100, used_memory: 90, mem_not_counted_for_evict: 20 });
    expect(parseMemory(text)).toEqual({ used: 70, max: 100 });
  });

  it.each([
    [84.9, false],
    [85, true],
    [120, true],
  ])('of which %d %% are used is full: %s', (percent, full) => {
    const why = whyFull({ used: percent * MIB, max: 100 * MIB });
    expect(why !== undefined).toBe(full);
    if (full) expect(why).toContain(`${percent} % of its memory (maxmemory 100 MiB)`);
  });

  it('without a limit is never full', () => {
    expect(whyFull({ used: 1e12, max: 0 })).toBeUndefined();
  });
});
