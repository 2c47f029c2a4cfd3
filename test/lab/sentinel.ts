import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { endProcess } from './process.ts';
import { answersPing, redisBinary } from './redis.ts';
import { lastLines, spawnGated } from './spawn.ts';
import { forgetProcess, recordProcess } from './state.ts';
import { waitFor } from './wait.ts';

export interface SentinelOptions {
  /** Folder of the lab it belongs to; the lab's end is its end. */
  dir: string;
  /** Lines of its configuration file: its port of 127.0.0.1, what it watches, and how. */
  config: readonly string[];
}

/** Starts a Redis Sentinel. @returns what ends it. */
export async function startSentinel(options: SentinelOptions): Promise<() => Promise<void>> {
  mkdirSync(options.dir, { recursive: true });
  const dir = mkdtempSync(join(options.dir, 'sentinel-'));
  const socketPath = join(dir, 'sentinel.sock');
  const log = join(dir, 'sentinel.log');
  const file = join(dir, 'sentinel.conf');
  const own = ['port 0', 'bind 127.0.0.1', `dir ${dir}`, `unixsocket ${socketPath}`];
  // It writes what it finds out into this file.
  writeFileSync(file, `${[...own, ...options.config].join('\n')}\n`);
  const ref = await spawnGated({
    ...{ command: redisBinary(), args: [file, '--sentinel'], log, dieWithOwner: true },
    record: (it) => recordProcess(options.dir, { ...it, name: basename(dir), role: 'redis' }),
  });
  const detail = () => lastLines(log);
  await waitFor(() => answersPing(socketPath), { what: 'the sentinel to answer', detail });
  return async () => {
    await endProcess(ref, `sentinel in ${dir}`);
    forgetProcess(options.dir, basename(dir));
  };
}
