import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { EmbeddedRedisError, hasCode } from './embedded-error.ts';
import { type ProcessId, parseProcessId } from './embedded-process.ts';
import { kernelPathProblem } from './kernel-path.ts';

/** The kernel takes 107 bytes (unix(7)); Redis itself appends nothing. */
const MAX_SOCKET_PATH_BYTES = 100;
const SOCKET_FOLDER = 'swarmer-redis-';

/** Where an embedded Redis keeps what is its own. All paths are absolute. */
export interface Place {
  lock: string;
  /** Says that there is a store, whatever becomes of the data. */
  marker: string;
  /** Holds the data. */
  folder: string;
  /** The Redis that runs there, or ran there last. */
  record: string;
  log: string;
}

/** A Redis process and the socket it listens on. */
export interface RedisRecord {
  id: ProcessId;
  socketPath: string;
}

/** @throws EmbeddedRedisError when the folder cannot be made. */
export function makePlace(dataDir: string): Place {
  const root = resolve(dataDir);
  const folder = join(root, 'redis');
  try {
    const problem = kernelPathProblem(folder);
    if (problem !== undefined) throw new Error(problem);
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o700);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new EmbeddedRedisError(
      `the data folder ${root} cannot be used (${why}): ` +
        'set SWARMER_DATA_DIR to a folder that this user may write, or REDIS_URL to a Redis.',
      { cause: error },
    );
  }
  return {
    lock: join(root, 'swarmer.lock'),
    marker: join(root, 'swarmer.store'),
    folder,
    record: join(folder, 'redis.pid.json'),
    log: join(folder, 'redis.log'),
  };
}

/** The path to listen on: in the folder, or in a new one of the system's when that is too long. */
export function chooseSocket({ folder }: Place): string {
  const path = defaultSocket(folder);
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return path;
  return defaultSocket(mkdtempSync(join(tmpdir(), SOCKET_FOLDER)));
}

export function defaultSocket(folder: string): string {
  return join(folder, 'redis.sock');
}

/** Writes the record whole or not at all. */
export function writeRecord({ record }: Place, { id, socketPath }: RedisRecord): void {
  writeFileSync(`${record}.draft`, `${JSON.stringify({ ...id, socketPath })}\n`);
  renameSync(`${record}.draft`, record);
}

/** Undefined when there is none that can be read. */
export function readRecord({ record }: Place): RedisRecord | undefined {
  let text: string;
  try {
    text = readFileSync(record, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  const id = parseProcessId(text);
  const socketPath: unknown = id && JSON.parse(text).socketPath;
  return id && typeof socketPath === 'string' ? { id, socketPath } : undefined;
}

/** Removes the record, and the socket with the folder that was made for it alone. */
export function removeRecord(place: Place): void {
  const socketPath = readRecord(place)?.socketPath ?? defaultSocket(place.folder);
  const folder = dirname(socketPath);
  if (folder.startsWith(join(tmpdir(), SOCKET_FOLDER))) {
    rmSync(folder, { recursive: true, force: true });
  } else {
    rmSync(defaultSocket(place.folder), { force: true });
  }
  rmSync(place.record, { force: true });
}
