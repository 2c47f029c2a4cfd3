import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { cleanEnv } from '../lab/spawn.ts';

export interface Timed {
  code: number;
  stdout: string;
  stderr: string;
  /** Of user and system, in ms: other processes that want the machine hardly change it. */
  cpuMs: number;
}

/** bash measures its child, which has its stderr on 3. */
const SCRIPT = 'TIMEFORMAT="%3U %3S"; time "$@" 2>&3 3>&-';

/** Runs a command to its end, and measures the time of the processor that it takes. */
export async function timed(command: readonly string[], env = {}): Promise<Timed> {
  const child = spawn('bash', ['-c', SCRIPT, 'bash', ...command], {
    env: { ...cleanEnv, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [, out, times, err] = child.stdio;
  if (!out || !times || !err || !('read' in err)) throw new Error('a pipe is missing');
  const exit = once(child, 'close');
  const [stdout, measured, stderr] = await Promise.all([text(out), text(times), text(err)]);
  const [code] = (await exit) as [number | null];
  const [user = Number.NaN, system = Number.NaN] = measured.trim().split(' ').map(Number);
  return { code: code ?? -1, stdout, stderr, cpuMs: Math.round((user + system) * 1000) };
}
