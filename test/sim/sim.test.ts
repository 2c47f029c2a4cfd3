import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import type { Redis as Server } from '../lab/redis.ts';
import { Coverage } from './coverage.ts';
import { runSeeds } from './pool.ts';
import { runScenario } from './run-seed.ts';
import { makeScenario } from './scenario.ts';
import { openSimRedis } from './sim-redis.ts';

const SEEDS = 200;

let server: Server;

beforeAll(async () => {
  server = await injectLab().startRedis();
});

afterAll(() => server.stop());

describe('the simulation', () => {
  it('holds every invariant on 200 seeds, with crashes around every side effect', async () => {
    const coverage = new Coverage();
    const failures: string[] = [];
    await runSeeds({
      socketPath: server.socketPath,
      seeds: Array.from({ length: SEEDS }, (_, i) => i + 1),
      onResult({ seed, violation, lines, coverage: table }) {
        coverage.merge(table);
        if (violation === undefined) return true;
        const replay = `npx tsx test/sim/main.ts --seed ${seed} --verbose`;
        failures.push([...lines, violation.invariant, violation.message, replay].join('\n'));
        return false;
      },
    });
    expect(failures).toEqual([]);
    expect(coverage.gaps()).toEqual([]);
  });

  it('replays a seed exactly', async () => {
    const redis = await openSimRedis(server.socketPath, 0);
    const seeds = [3, 17, 88];
    const hashes = async () => {
      const results = [];
      for (const seed of seeds) results.push((await runScenario(redis, makeScenario(seed))).hash);
      return results;
    };
    const first = await hashes();
    expect(await hashes()).toEqual(first);
    expect(new Set(first).size).toBe(seeds.length);
    redis.disconnect();
  });
});
