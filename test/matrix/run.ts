import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MATRIX_DIR } from './roots.ts';

/** What a run of tests came to. */
export interface Outcome {
  passed: number;
  failed: number;
  seconds: number;
  /** Of this run alone. */
  log: string;
}

interface JsonReport {
  numPassedTests: number;
  numFailedTests: number;
  numFailedTestSuites: number;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CONFIG = 'test/vitest.matrix.config.ts';

/** Runs test files with these settings of the lab. */
export async function runTests(
  name: string,
  files: readonly string[],
  env: Record<string, string>,
): Promise<Outcome> {
  const begun = performance.now();
  const folder = join(MATRIX_DIR, 'logs');
  mkdirSync(folder, { recursive: true });
  const base = join(folder, name.toLowerCase().replace(/[^a-z0-9.]+/g, '-'));
  const [log, report] = [`${base}.log`, `${base}.json`];
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const args = ['--no-install', 'vitest', 'run', '--config', CONFIG, ...reporters, ...files];
  const output = openSync(log, 'w');
  const stdio = ['ignore', output, output] as const;
  const child = spawn('npx', args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: [...stdio],
  });
  closeSync(output);
  await once(child, 'exit');
  const seconds = (performance.now() - begun) / 1000;
  const { numPassedTests, numFailedTests, numFailedTestSuites } = read(report);
  // A file whose set-up fails has no test that does.
  const failed = Math.max(numFailedTests, numFailedTestSuites > 0 ? 1 : 0);
  return { passed: numPassedTests, failed, seconds, log };
}

/** A run that wrote no report did not come to its tests. */
function read(report: string): JsonReport {
  try {
    return JSON.parse(readFileSync(report, 'utf8')) as JsonReport;
  } catch {
    return { numPassedTests: 0, numFailedTests: 1, numFailedTestSuites: 1 };
  }
}
