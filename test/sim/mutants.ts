import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MUTANTS, type Mutant } from './mutant-list.ts';

/** Seeds within which every planted fault has to be found. */
const SEEDS = 500;
const ROOT = new URL('../../', import.meta.url).pathname;
const COPIED = ['internal', 'test', 'cmd', 'package.json', 'tsconfig.json'];
const FAILURE = /^✗ seed (\d+): (.*)$/m;

const print = (text: string) => process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, help: { type: 'boolean', default: false } },
});

if (values.help) print('Usage: npx tsx test/sim/mutants.ts [--only <expression that names match>]');
else process.exitCode = (await main(values.only)) ? 0 : 1;

async function main(only: string): Promise<boolean> {
  const chosen = MUTANTS.filter(({ name }) => new RegExp(only).test(name));
  const survivors: string[] = [];
  print('| planted fault | caught by seed | invariant |\n| --- | --- | --- |');
  for (const mutant of chosen) {
    const caught = await hunt(mutant);
    if (caught === undefined) survivors.push(mutant.name);
    print(`| ${mutant.name} | ${caught?.seed ?? 'none'} | ${caught?.invariant ?? 'it survived'} |`);
  }
  print(`${chosen.length - survivors.length} of ${chosen.length} planted faults were caught`);
  return survivors.length === 0;
}

/** Plants a fault in a copy of the tree and simulates there until something is wrong. */
async function hunt(mutant: Mutant): Promise<{ seed: string; invariant: string } | undefined> {
  const dir = mkdtempSync(join(tmpdir(), 'swarmer-mutant-'));
  try {
    for (const name of COPIED) cpSync(join(ROOT, name), join(dir, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
    for (const edit of mutant.edits) plant(dir, edit);
    const { code, output } = await simulate(dir);
    const [, seed, invariant] = FAILURE.exec(output) ?? [];
    if (seed !== undefined && invariant !== undefined) return { seed, invariant };
    if (code !== 0) throw new Error(`the simulation of "${mutant.name}" broke:\n${output}`);
    return undefined;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
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

function simulate(dir: string): Promise<{ code: number | null; output: string }> {
  const args = ['--import', 'tsx', 'test/sim/main.ts', '--seeds', String(SEEDS), '--no-shrink'];
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
