import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MUTANTS, type Mutant } from './mutant-list.ts';

/** Seeds within which every planted fault has to be found. */
const SEEDS = 500;
const ROOT = new URL('../../', import.meta.url).pathname;
const COPIED = ['internal', 'test', 'cmd', 'manifests', 'package.json', 'tsconfig.json'];
const HELD = /seeds: every invariant held$/m;
const FAILURE = /^✗ seed (\d+): (.*)$/m;

const print = (text: string) => process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seeds: { type: 'string', default: String(SEEDS) },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  print('Usage: npx tsx test/sim/mutants.ts [--only <expression that names match>] [--seeds N]');
} else process.exitCode = (await main(values.only)) ? 0 : 1;

async function main(only: string): Promise<boolean> {
  const chosen = MUTANTS.filter(({ name }) => new RegExp(only).test(name));
  const counts = { seed: 0, test: 0, survived: 0 };
  print('| planted fault | caught by | invariant |\n| --- | --- | --- |');
  for (const mutant of chosen) {
    const caught = await hunt(mutant);
    counts[caught === undefined ? 'survived' : caught.kind] += 1;
    print(`| ${mutant.name} | ${caught?.by ?? 'none'} | ${caught?.invariant ?? 'it survived'} |`);
  }
  const { seed, test, survived } = counts;
  print(
    `${seed + test} of ${chosen.length} planted faults were caught: ${seed} by a seed, ${test} by a test`,
  );
  return survived === 0;
}

interface Catch {
  kind: 'seed' | 'test';
  by: string;
  invariant: string;
}

/** Plants a fault in a copy of the tree and simulates there until something is wrong, or runs its test. */
async function hunt(mutant: Mutant): Promise<Catch | undefined> {
  const dir = mkdtempSync(join(tmpdir(), 'swarmer-mutant-'));
  try {
    for (const name of COPIED) cpSync(join(ROOT, name), join(dir, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
    for (const edit of mutant.edits) plant(dir, edit);
    return mutant.test === undefined
      ? await simulate(dir, mutant)
      : await runTest(dir, mutant, mutant.test);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function simulate(dir: string, { name }: Mutant): Promise<Catch | undefined> {
  const args = ['--import', 'tsx', 'test/sim/main.ts', '--seeds', values.seeds, '--no-shrink'];
  const { code, output } = await run(dir, args);
  const [, seed, invariant] = FAILURE.exec(output) ?? [];
  if (seed !== undefined && invariant !== undefined) return { kind: 'seed', by: seed, invariant };
  // Crashes may be lacking around what the fault makes rare.
  const survived = code === 0 || HELD.test(output);
  if (!survived) throw new Error(`the simulation of "${name}" broke:\n${output}`);
  return undefined;
}

/** The named test, and no other, must have run and failed. */
async function runTest(
  dir: string,
  { name }: Mutant,
  { file, test }: NonNullable<Mutant['test']>,
): Promise<Catch | undefined> {
  const pattern = `${test.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`;
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  // What is not beside its source needs a Redis.
  const suite = file.startsWith('internal/') ? 'unit' : 'control';
  const config = ['run', '--config', `test/vitest.${suite}.config.ts`, '--reporter=json'];
  const { output } = await run(dir, [vitest, ...config, file, '-t', pattern]);
  const { numFailedTests, numPassedTests } = resultOf(output, name);
  if (numFailedTests + numPassedTests === 0) throw new Error(`${file} has no test "${test}"`);
  if (numFailedTests === 0) return undefined;
  return { kind: 'test', by: file, invariant: test };
}

interface TestCounts {
  numFailedTests: number;
  numPassedTests: number;
}

function resultOf(output: string, name: string): TestCounts {
  const json = output.split('\n').find((line) => line.startsWith('{"numTotal'));
  if (json === undefined) throw new Error(`the test for "${name}" did not run:\n${output}`);
  return JSON.parse(json) as TestCounts;
}

function plant(dir: string, { file, find, replace }: Mutant['edits'][number]): void {
  const path = join(dir, file);
  const text = readFileSync(path, 'utf8');
  const parts = text.split(find);
  if (parts.length !== 2) {
    throw new Error(`${file} holds this ${parts.length - 1} times, not once: ${find}`);
  }
  writeFileSync(path, parts.join(replace));
}

function run(
  dir: string,
  args: readonly string[],
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, args, { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}
