import { statfsSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Clock } from '../clock/clock.ts';
import { redisState } from './embedded-ask.ts';
import {
  endRedis,
  lastLogLines,
  type RedisChild,
  spawnRedis,
  tellOfCuts,
} from './embedded-child.ts';
import { checkData, noteData, putDataAside } from './embedded-data.ts';
import { EmbeddedRedisError, hasCode } from './embedded-error.ts';
import { releaseLock, takeLock } from './embedded-lock.ts';
import { endOrphan } from './embedded-orphan.ts';
import { chooseSocket, makePlace, type Place, readRecord, removeRecord } from './embedded-place.ts';
import { type ProcessId, processId } from './embedded-process.ts';
import { findRedis, type RedisProgram } from './embedded-program.ts';
import { Supervisor } from './embedded-supervisor.ts';
import type { RedisTarget } from './redis.ts';

const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 20;
/** With less room on its disk Redis does not start. */
const LEAST_BYTES = 64 * 1024;

export interface EmbeddedRedisOptions {
  /** Made when it is missing. The data is in its folder `redis`. */
  dataDir: string;
  log: Logger;
  clock: Clock;
  /** Programs to look for on PATH, the first that is there is used. */
  programs?: readonly string[];
}

/** A Redis of our own. It is started again by itself when it dies; clients reconnect. */
export interface EmbeddedRedis {
  target: RedisTarget;
  /** Of the Redis that runs now: changes when it was started again. */
  readonly pid: number;
  /** Calls `listener` with how Redis ended, each time it did so by itself. */
  onExit(listener: (why: string) => void): void;
  /** Ends Redis in order and frees the data folder. Disconnect the clients before. */
  stop(): Promise<void>;
}

/**
 * Starts Redis as a child, on a unix socket, with every write on disk before it is acknowledged, and
 * awaits that it serves. One server at a time owns a data folder.
 *
 * @throws EmbeddedRedisError whose message says what to do: no Redis installed, the folder belongs
 *   to another running server or cannot be written, Redis does not start.
 */
export async function startEmbeddedRedis(options: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
  const { clock, log, programs = ['redis-server', 'valkey-server'] } = options;
  const program = await findRedis(programs);
  if (program.prefix.length === 0) log.warn('no setpriv: a killed server leaves its redis running');
  const place = makePlace(options.dataDir);
  let self: ProcessId | undefined;
  const release = () => self && releaseLock(place.lock, self);
  try {
    self = await own(place, clock);
    await endOrphan(place, clock, log);
    checkData(place, log);
    return await launch(program, place, { clock, log, release });
  } catch (error) {
    release();
    throw hasCode(error, 'ENOSPC') ? fullDisk(place, error) : error;
  }
}

/** Neither Redis nor node says which disk is full. */
function fullDisk({ folder }: Place, cause?: unknown): EmbeddedRedisError {
  const what = `the disk of ${folder} is full: make room there, then start swarmer again`;
  return new EmbeddedRedisError(what, { cause });
}

/**
 * Lets the next start begin with an empty store. What is left of the one before is put aside.
 * @returns where that is.
 * @throws EmbeddedRedisError when a server runs on the folder.
 */
export async function beginNewStore(dataDir: string, clock: Clock): Promise<string> {
  const place = makePlace(dataDir);
  const self = await own(place, clock);
  try {
    return putDataAside(place, clock);
  } finally {
    releaseLock(place.lock, self);
  }
}

/** The embedded Redis that another process runs in the folder; undefined when none answers. */
export async function runningEmbeddedRedis(
  dataDir: string,
  clock: Clock,
): Promise<RedisTarget | undefined> {
  const record = readRecord(makePlace(dataDir));
  if (record === undefined || (await redisState(record.socketPath, clock)) !== 'ready') {
    return undefined;
  }
  return { kind: 'unix', path: record.socketPath };
}

/** @throws EmbeddedRedisError when another living process owns the folder. */
async function own(place: Place, clock: Clock): Promise<ProcessId> {
  const self = processId(process.pid);
  if (self === undefined) throw new Error('/proc does not show this process');
  const owner = await takeLock(place.lock, self, () => answers(place, clock));
  if (owner === undefined) return self;
  throw new EmbeddedRedisError(
    `the data folder ${place.folder} belongs to a server that runs (process ${owner.pid}, ` +
      `see ${place.lock}): stop it, or set SWARMER_DATA_DIR to another folder.`,
  );
}

/** Of an owner in another container nothing can be seen but whether its Redis answers. */
async function answers(place: Place, clock: Clock): Promise<boolean> {
  const record = readRecord(place);
  return record !== undefined && (await redisState(record.socketPath, clock)) !== 'absent';
}

async function launch(
  program: RedisProgram,
  place: Place,
  { clock, log, release }: { clock: Clock; log: Logger; release: () => void },
): Promise<EmbeddedRedis> {
  const socketPath = chooseSocket(place);
  const start = () => spawnRedis(program, place, socketPath);
  const note = () => {
    try {
      noteData(place, clock);
    } catch (err) {
      log.warn({ err }, 'it cannot be noted that there is a store');
    }
  };
  const child = await start();
  try {
    await awaitReady(child, place, socketPath, clock);
    tellOfCuts(child, log);
    note();
  } catch (error) {
    await endRedis(child, clock);
    removeRecord(place);
    throw error;
  }
  const startAgain = async () => {
    const again = await start();
    void awaitReady(again, place, socketPath, clock).then(
      () => tellOfCuts(again, log),
      // It ended: the supervisor tells of it.
      () => {},
    );
    return again;
  };
  const supervisor = new Supervisor(child, { start: startAgain, clock, log });
  return {
    target: { kind: 'unix', path: socketPath },
    get pid() {
      return supervisor.pid;
    },
    onExit: (listener) => supervisor.onExit(listener),
    async stop() {
      await supervisor.stop();
      note();
      removeRecord(place);
      release();
    },
  };
}

async function awaitReady(
  child: RedisChild,
  place: Place,
  socketPath: string,
  clock: Clock,
): Promise<void> {
  const begun = clock.monotonic();
  while ((await redisState(socketPath, clock)) !== 'ready') {
    const ending = child.ending();
    const late = clock.monotonic() - begun > READY_TIMEOUT_MS;
    if (ending !== undefined || late) {
      // Its log is on that disk, too.
      const { bavail, bsize } = statfsSync(place.folder);
      if (bavail * bsize < LEAST_BYTES) throw fullDisk(place);
      const why = ending ?? `it did not answer within ${READY_TIMEOUT_MS / 1000} s`;
      throw new EmbeddedRedisError(`Redis did not start: ${why}; ${lastLogLines(place)}`);
    }
    await clock.sleep(POLL_MS);
  }
}
