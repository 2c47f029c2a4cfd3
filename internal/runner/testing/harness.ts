import { EventEmitter } from 'node:events';
import { type RunOptions, run } from '../run.ts';
import { Collector } from './collector.ts';

export const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface Ran {
  status: number;
  stdout: Collector;
  stderr: Collector;
}

/** Runs the runner in this process, with a real child process and short pauses. */
export async function runHere(argv: string[], options: Partial<RunOptions> = {}): Promise<Ran> {
  const stdout = new Collector();
  const stderr = new Collector();
  const status = await run({
    argv,
    stdout,
    stderr,
    signals: new EventEmitter(),
    ...options,
    env: { PATH, ...options.env },
    timing: { minDelayMs: 1, maxDelayMs: 2, ...options.timing },
  });
  return { status, stdout, stderr };
}

/** Argv of a node process that runs `script`. */
export function nodeScript(script: string): string[] {
  return [process.execPath, '-e', script];
}
