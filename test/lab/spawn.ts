import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { type ProcessRef, requireProcessRef } from './process.ts';

const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The environment of all that the lab starts: nothing of the caller's, least of all a proxy. Programs in
 * the folder that SWARMER_LAB_PATH names come before those of the machine.
 */
export const cleanEnv = {
  PATH: [process.env['SWARMER_LAB_PATH'] ?? [], SYSTEM_PATH].flat().join(':'),
};

const execFileAsync = promisify(execFile);

/** Runs a command to its end and returns its stdout. @throws Error with its stderr. */
export async function run(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execFileAsync(command, [...args], {
    env: cleanEnv,
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}

export interface GatedOptions {
  command: string;
  args: readonly string[];
  /** File that stdout and stderr are appended to. */
  log: string;
  /** The kernel kills the process when this one dies, however it dies. */
  dieWithOwner: boolean;
  /** Called with the process before the command runs. */
  record: (ref: ProcessRef) => void;
}

/**
 * Starts a long-lived process that is recorded before it does anything: a shell waits for a word
 * on its stdin and then becomes the command. When we die before saying it, the shell reads the end
 * of its input and ends.
 */
export async function spawnGated(options: GatedOptions): Promise<ProcessRef> {
  const gate = ['/bin/sh', '-c', 'read -r go && exec "$@" </dev/null', 'gate'];
  const bound = options.dieWithOwner ? ['setpriv', '--pdeathsig', 'KILL'] : [];
  const [file = '', ...args] = [...bound, ...gate, options.command, ...options.args];
  const log = openSync(options.log, 'a');
  const child = spawn(file, args, { detached: true, env: cleanEnv, stdio: ['pipe', log, log] });
  closeSync(log);
  await once(child, 'spawn');
  const ref = requireProcessRef(child.pid ?? 0);
  options.record(ref);
  child.stdin?.end('go\n');
  child.unref();
  return ref;
}

/** The last lines of a log file, with its path, for an error message. */
export function lastLines(file: string, count = 15): string {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  return `last lines of ${file}:\n${lines.slice(-count).join('\n')}`;
}
