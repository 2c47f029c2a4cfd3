import { setMaxListeners } from 'node:events';
import { runScenario, type SeedResult } from './run-seed.ts';
import { makeScenario } from './scenario.ts';
import { openSimRedis } from './sim-redis.ts';

/** What a worker is started with: `node worker.ts <socket of Redis> <database>`. */
const [, , socketPath = '', db = '0'] = process.argv;
const redis = await openSimRedis(socketPath, Number(db));

// Many tasks of one run wait for the same signal.
setMaxListeners(0);
process.on('message', async (seed: number) => {
  const result: SeedResult = await runScenario(redis, makeScenario(seed));
  process.send?.(result);
});
process.on('disconnect', () => redis.disconnect());
