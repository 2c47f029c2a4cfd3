import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../clock/clock.ts';
import { type DataFiles, dataFiles } from './embedded-data.ts';
import { hasCode } from './embedded-error.ts';
import { cutsOf, lastWarnings, logSince } from './embedded-log.ts';
import { type Place, writeRecord } from './embedded-place.ts';
import { type ProcessId, processId, signalProcess } from './embedded-process.ts';
import type { RedisProgram } from './embedded-program.ts';

const MAX_LOG_BYTES = 1024 * 1024;
const LAST_LINES = 10;
const TERM_PATIENCE_MS = 10_000;

/** A Redis that was started. */
export interface RedisChild {
  id: ProcessId;
  /** The data that it found. */
  found: DataFiles;
  /** What it has written to its log, from the beginning of it. */
  log(): string;
  /** Resolves with how it ended, in words. */
  exited: Promise<string>;
  /** How it ended, as soon as it has. */
  ending(): string | undefined;
}

/** Waits for a word, then becomes the command. When we die before saying it, the shell ends. */
const GATE = ['/bin/sh', '-c', 'read -r go && exec "$@" </dev/null', 'gate'];

/**
 * Starts Redis on the folder's data. It is recorded before it runs, so that the next start finds it
 * whatever happens to us; and in a session of its own, so that the terminal's Ctrl-C, which ends us
 * in order, does not end it first.
 */
export async function spawnRedis(
  { name, prefix }: RedisProgram,
  place: Place,
  socketPath: string,
): Promise<RedisChild> {
  const [file = '', ...args] = [...prefix, ...GATE, name, ...redisArgs(place, socketPath)];
  const found = dataFiles(place);
  const logFile = openLog(place.log);
  const { size } = fstatSync(logFile);
  const child = spawn(file, args, { detached: true, stdio: ['pipe', logFile, logFile] });
  closeSync(logFile);
  const log = () => logSince(place.log, size);
  const ended = ending(child, log);
  await once(child, 'spawn');
  try {
    const id = processId(child.pid ?? 0);
    if (id === undefined) throw new Error('redis ended before it could be recorded');
    writeRecord(place, { id, socketPath });
    // A gate that was killed shows by its exit; the broken pipe adds nothing.
    child.stdin?.on('error', () => undefined).end('go\n');
    return { id, found, log, ...ended };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/** Ends a child in order, or by SIGKILL after 10 s: all that was acknowledged is on disk. */
export async function endRedis(child: RedisChild, clock: Clock): Promise<void> {
  signalProcess(child.id, 'SIGTERM');
  const cancel = clock.after(TERM_PATIENCE_MS, () => signalProcess(child.id, 'SIGKILL'));
  await child.exited;
  cancel();
}

/** The end of the log, for an error message. */
export function lastLogLines({ log }: Place): string {
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-LAST_LINES);
  return `the last lines of ${log}:\n${lines.join('\n')}`;
}

/** Tells of bytes that Redis cut off, because it could not read what a crash or a full disk had left of them. */
export function tellOfCuts(child: RedisChild, log: Logger): void {
  for (const { file, offset } of cutsOf(child.log())) {
    const bytes = (child.found[basename(file)] ?? offset) - offset;
    log.error({ file, bytes }, 'redis cut off the end of its data, which it could not read');
  }
}

function ending(child: ChildProcess, log: () => string): Pick<RedisChild, 'exited' | 'ending'> {
  let how: string | undefined;
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (status, signal) => {
      const why = signal === null ? `it exited with status ${status}` : `it was ended by ${signal}`;
      const warnings = lastWarnings(log());
      how = warnings === '' ? why : `${why} and said: ${warnings}`;
      resolve(how);
    });
  });
  return { exited, ending: () => how };
}

/**
 * Its housekeeping wakes the machine three times a second instead of ten, which is most of what an idle Redis costs:
 * next to nothing of ours expires. Reads that block end a third of a second late. What expires may be the
 * tasks of a large job that was never accepted: they are freed beside the work. Its file
 * is written anew at 256 MB at the earliest, which it takes 2 s to read, and not at 64: with 1,000,000 tasks pending
 * each time costs 1.6 s of processor time.
 */
export const REDIS_TUNING: readonly string[] = [
  ...['--hz', '3', '--auto-aof-rewrite-min-size', '256mb', '--lazyfree-lazy-expire', 'yes'],
];

/** Every write is on disk before it is acknowledged; no snapshots, no network. */
function redisArgs({ folder }: Place, socketPath: string): string[] {
  return [
    ...['--port', '0', '--unixsocket', socketPath, '--unixsocketperm', '700'],
    ...['--dir', folder, '--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
    ...['--daemonize', 'no', '--maxmemory-policy', 'noeviction', ...REDIS_TUNING],
  ];
}

/** Opens the log; one that has grown large becomes the old one. */
function openLog(path: string): number {
  try {
    if (statSync(path).size > MAX_LOG_BYTES) renameSync(path, `${path}.old`);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  return openSync(path, 'a', 0o600);
}
