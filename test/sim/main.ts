import { parseArgs } from 'node:util';
import { startLab } from '../lab/lab.ts';
import { stopOnSignals } from '../lab/signals.ts';
import { Coverage } from './coverage.ts';
import { runSeeds } from './pool.ts';
import { runScenario, type SeedResult } from './run-seed.ts';
import { makeScenario } from './scenario.ts';
import { shrink } from './shrink.ts';
import { openSimRedis } from './sim-redis.ts';

const USAGE = `Usage: npx tsx test/sim/main.ts [options]
  --seeds N      run so many seeds (200)
  --from K       the first of them (1)
  --seed K       run only seed K
  --verbose      with --seed: show the whole history, and what the processes log
  --no-shrink    do not look for a smaller scenario that fails
  --all          go on after a failure; at the end say which seeds break which invariant
`;

/** Crashes around every side effect are asserted from so many seeds on. */
const COVERED_FROM = 200;
const PROGRESS_EVERY = 100;

const print = (text: string) => process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    'no-shrink': { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(USAGE);
else process.exitCode = (await main()) ? 0 : 1;

async function main(): Promise<boolean> {
  const lab = await startLab({ redis: true });
  const forgetSignals = stopOnSignals(() => lab.stop());
  try {
    const { socketPath } = lab.redis;
    return values.seed === undefined
      ? await runMany(socketPath, Number(values.from), Number(values.seeds))
      : await runOne(socketPath, Number(values.seed));
  } finally {
    forgetSignals();
    await lab.stop();
  }
}

async function runOne(socketPath: string, seed: number): Promise<boolean> {
  const redis = await openSimRedis(socketPath, 0);
  const scenario = makeScenario(seed);
  const result = await runScenario(redis, scenario, { verbose: values.verbose });
  redis.disconnect();
  if (values.verbose) print(JSON.stringify(scenario, undefined, 1));
  if (values.verbose || result.violation) for (const line of result.lines) print(line);
  if (result.violation) print(`✗ ${result.violation.invariant}\n  ${result.violation.message}`);
  const seconds = (result.virtualMs / 1000).toFixed(1);
  print(`seed ${seed}: ${result.effects} side effects in ${seconds} virtual s, ${result.hash}`);
  return result.violation === undefined;
}

async function runMany(socketPath: string, from: number, count: number): Promise<boolean> {
  const coverage = new Coverage();
  const failures: SeedResult[] = [];
  let done = 0;
  const onResult = (result: SeedResult): boolean => {
    coverage.merge(result.coverage);
    done++;
    if (result.violation !== undefined) failures.push(result);
    if (done % PROGRESS_EVERY === 0) print(`${done} of ${count} seeds`);
    return values.all || failures.length === 0;
  };
  const seeds = Array.from({ length: count }, (_, i) => from + i);
  await runSeeds({ socketPath, seeds, onResult });
  if (values.all) tellAll(failures);
  const failed = failures.sort((a, b) => a.seed - b.seed)[0];
  if (failed !== undefined) {
    if (values.all) return false;
    await tellFailure(socketPath, failed);
    return false;
  }
  for (const line of coverage.report()) print(line);
  const gaps = coverage.gaps();
  const covered = gaps.length === 0;
  if (covered) print('each of them was crashed before and after');
  else print(`never crashed: ${gaps.join(', ')}`);
  print(`${done} seeds: every invariant held`);
  return covered || count < COVERED_FROM;
}

function tellAll(failures: readonly SeedResult[]): void {
  const byInvariant = new Map<string, number[]>();
  for (const { seed, violation } of failures) {
    const name = violation?.invariant ?? '';
    byInvariant.set(name, [...(byInvariant.get(name) ?? []), seed]);
  }
  for (const [name, seeds] of byInvariant) print(`${seeds.length} × ${name}: ${seeds.join(' ')}`);
}

async function tellFailure(socketPath: string, { seed, violation, lines }: SeedResult) {
  for (const line of lines) print(line);
  print(`✗ seed ${seed}: ${violation?.invariant}\n  ${violation?.message}`);
  print(`replay it: npx tsx test/sim/main.ts --seed ${seed} --verbose`);
  if (values['no-shrink']) return;
  const redis = await openSimRedis(socketPath, 0);
  const { scenario, result, runs } = await shrink(redis, makeScenario(seed));
  redis.disconnect();
  print(`the smallest that was found in ${runs} runs: ${JSON.stringify(scenario, undefined, 1)}`);
  for (const line of result.lines) print(line);
  print(`✗ ${result.violation?.invariant}\n  ${result.violation?.message}`);
}
