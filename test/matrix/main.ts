import { parseArgs } from 'node:util';
import { engineEnv, engineVersion, makeRoots, redisEnv, redisVersion } from './roots.ts';
import { type Outcome, runTests } from './run.ts';
import { ENGINES, REDISES, TESTS } from './suites.ts';
import { type Axis, table } from './table.ts';

/*
 * Runs a part of the tests against every engine, every Redis, and every pair of them:
 *   npx tsx test/matrix/main.ts [--only PATTERN]
 * `--only` runs what has a name that fits, such as "Engine 28.5" or "^(Redis|Valkey)".
 */
const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const only = new RegExp(values.only);
let failed = false;

async function attempt(
  name: string,
  files: readonly string[],
  env: Record<string, string>,
): Promise<Outcome | undefined> {
  if (!only.test(name)) return undefined;
  const outcome = await runTests(name, files, env);
  const bad = outcome.failed > 0 || outcome.passed === 0;
  failed ||= bad;
  const counts = `${outcome.passed} passed, ${outcome.failed} failed`;
  const where = bad ? `; see ${outcome.log}` : '';
  process.stderr.write(`matrix: ${name}: ${counts} in ${Math.round(outcome.seconds)} s${where}\n`);
  return outcome;
}

await makeRoots([...ENGINES, ...REDISES]);
const engines: Axis[] = [];
for (const engine of ENGINES) {
  const version = await engineVersion(engine);
  const outcome = await attempt(engine.name, TESTS.engine, engineEnv(engine));
  engines.push({ name: engine.name, version, outcome });
}
const redises: Axis[] = [];
for (const redis of REDISES) {
  const version = await redisVersion(redis);
  const outcome = await attempt(redis.name, TESTS.redis, redisEnv(redis));
  redises.push({ name: redis.name, version, outcome });
}
const pairs: (Outcome | undefined)[][] = [];
for (const engine of ENGINES) {
  const row: (Outcome | undefined)[] = [];
  for (const redis of REDISES) {
    const env = { ...engineEnv(engine), ...redisEnv(redis) };
    row.push(await attempt(`${engine.name} + ${redis.name}`, TESTS.pair, env));
  }
  pairs.push(row);
}
process.stdout.write(table(engines, redises, (i, j) => pairs[i]?.[j]));
process.exitCode = failed ? 1 : 0;
