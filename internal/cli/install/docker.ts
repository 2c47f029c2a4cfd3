import { execFile } from 'node:child_process';
import type { Context } from '../context.ts';
import { systemCode } from '../errors.ts';

const LIMIT_MS = 20_000;
const MOST_BYTES = 16 * 1024 * 1024;

/** What a run of the docker command gave: its stdout, or its own words on what is wrong. */
export type Outcome = { text: string } | { error: string };

/** The docker command of whoever runs this program, with that person's engine and login. */
export type Docker = (...args: string[]) => Promise<Outcome>;

/** Runs `docker` as a child process, with the environment of this one. Never rejects but at a signal. */
export function dockerCommand({ io, signal }: Context): Docker {
  const env = { ...io.env };
  const options = { env, signal, timeout: LIMIT_MS, maxBuffer: MOST_BYTES };
  return async (...args) => {
    const outcome = await new Promise<Outcome>((resolve) => {
      execFile('docker', args, options, (error, stdout, stderr) => {
        if (error === null) resolve({ text: stdout });
        else resolve({ error: words(error, stderr) });
      });
    });
    signal.throwIfAborted();
    return outcome;
  };
}

function words(error: Error & { killed?: boolean }, stderr: string): string {
  if (systemCode(error) === 'ENOENT') return 'there is no docker command on the PATH';
  if (error.killed) return `docker did not answer within ${LIMIT_MS / 1000} s`;
  return stderr.trim().split('\n')[0] || error.message;
}

/** A member per line of a `--format '{{json .}}'`. */
export function jsonLines<T>({ text }: { text: string }): T[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => JSON.parse(line) as T);
}
