import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { createConnection } from 'node:net';
import { basename, join } from 'node:path';
import { endProcess, isAlive, type ProcessRef } from './process.ts';
import { cleanEnv, lastLines, spawnGated } from './spawn.ts';
import { forgetProcess, recordProcess } from './state.ts';
import { GiveUp, waitFor } from './wait.ts';

export interface RedisOptions {
  /** Folder of the lab it belongs to; the lab's end is its end. */
  dir: string;
  /** Append-only persistence with this fsync policy; without it nothing is kept. */
  appendfsync?: 'always' | 'everysec' | 'no';
  /** Also listens on this port of 127.0.0.1. */
  port?: number;
  /** Further arguments of redis-server, such as `['--maxmemory', '2mb']`. */
  args?: string[];
  /** Ends with the process that started it, however that ends. Default true. */
  dieWithOwner?: boolean;
}

/** A private Redis. It can be ended and started again on the same data. */
export interface Redis {
  dir: string;
  socketPath: string;
  /** What `new Redis(url)` of ioredis takes: the TCP address when it has one, else the socket. */
  url: string;
  pid: number;
  /** Starts it again after {@link stop} or {@link kill}. */
  start(): Promise<void>;
  /** Ends it in order (SIGTERM). */
  stop(): Promise<void>;
  /** Ends it at once (SIGKILL), as a crash would. */
  kill(): Promise<void>;
}

/** Starts a private Redis on a unix socket in the lab's folder. */
export async function startRedis(options: RedisOptions): Promise<Redis> {
  mkdirSync(options.dir, { recursive: true });
  const dir = mkdtempSync(join(options.dir, 'redis-'));
  const socketPath = join(dir, 'redis.sock');
  let running = await launch(options, dir, socketPath);
  const end = async (signal: NodeJS.Signals) => {
    await endProcess(running, `redis in ${dir}`, { signal });
    forgetProcess(options.dir, basename(dir));
  };
  return {
    dir,
    socketPath,
    url: options.port === undefined ? socketPath : `redis://127.0.0.1:${options.port}`,
    get pid() {
      return running.pid;
    },
    async start() {
      if (isAlive(running)) throw new Error(`redis in ${dir} runs already (pid ${running.pid})`);
      running = await launch(options, dir, socketPath);
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

/** Path of redis-server, or of valkey-server where only that is installed. */
export function redisBinary(): string {
  return installed(['redis-server', 'valkey-server']);
}

/** Path of the first of these programs that is installed. @throws Error when none is. */
export function installed(programs: readonly string[]): string {
  const folders = cleanEnv.PATH.split(':');
  const paths = programs.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = paths.find((path) => existsSync(path));
  if (!found) throw new Error(`no ${programs.join(' and no ')}; run: test/lab/install.sh`);
  return found;
}

async function launch(options: RedisOptions, dir: string, socketPath: string): Promise<ProcessRef> {
  const log = join(dir, 'redis.log');
  const server = await spawnGated({
    command: redisBinary(),
    args: serverArgs(options, dir, socketPath),
    log,
    dieWithOwner: options.dieWithOwner ?? true,
    record: (ref) => recordProcess(options.dir, { ...ref, name: basename(dir), role: 'redis' }),
  });
  await waitFor(
    () => {
      if (!isAlive(server)) throw new GiveUp(`redis died; ${lastLines(log)}`);
      return answersPing(socketPath);
    },
    { what: `redis in ${dir} to answer`, intervalMs: 5, detail: () => lastLines(log) },
  );
  return server;
}

function serverArgs(options: RedisOptions, dir: string, socketPath: string): string[] {
  const fsync = options.appendfsync;
  return [
    ...['--dir', dir, '--unixsocket', socketPath],
    ...['--bind', '127.0.0.1', '--port', String(options.port ?? 0)],
    ...['--save', '', '--appendonly', fsync ? 'yes' : 'no', '--appendfsync', fsync ?? 'no'],
    ...(options.args ?? []),
  ];
}

/**
 * False while Redis still loads its data; one that asks for a password has done so.
 * @throws Error when it cannot be reached.
 */
export function answersPing(socketPath: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(socketPath, () => socket.write('PING\r\n'));
    socket.once('error', reject);
    socket.once('close', () => resolve(false));
    socket.once('data', (data) => {
      resolve(/^(\+PONG|-NOAUTH)/.test(data.toString()));
      socket.destroy();
    });
  });
}
