import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../internal/clock/clock.ts';
import {
  beginNewStore,
  type EmbeddedRedis,
  startEmbeddedRedis,
} from '../../internal/store/embedded-redis.ts';
import { connectRedis } from '../../internal/store/index.ts';
import { injectLab } from '../lab/inject.ts';
import { isAlive, type ProcessRef, requireProcessRef, signalProcess } from '../lab/process.ts';
import { redisBinary } from '../lab/redis.ts';
import { waitFor } from '../lab/wait.ts';
import { silent } from './harness.ts';

const lab = injectLab();
const started: EmbeddedRedis[] = [];
const parents: ChildProcess[] = [];
afterEach(async () => {
  for (const parent of parents.splice(0)) parent.kill('SIGKILL');
  await Promise.all(started.splice(0).map((redis) => redis.stop()));
});

const newFolder = () => mkdtempSync(join(lab.dir, 'data-'));

async function start(dataDir: string, programs?: string[], log = silent): Promise<EmbeddedRedis> {
  const options = { dataDir, log, clock: systemClock };
  const redis = await startEmbeddedRedis(programs ? { ...options, programs } : options);
  started.push(redis);
  return redis;
}

/** Runs commands on a connection of their own. */
async function withClient<T>(
  redis: EmbeddedRedis,
  work: (client: ReturnType<typeof connectRedis>) => Promise<T>,
): Promise<T> {
  const client = connectRedis(redis.target, silent);
  try {
    await client.connect();
    return await work(client);
  } finally {
    client.disconnect();
  }
}

const set = (redis: EmbeddedRedis, value: string) =>
  withClient(redis, (client) => client.set('key', value));
const get = (redis: EmbeddedRedis) => withClient(redis, (client) => client.get('key'));

/** A server of its own process, which says each number that Redis has acknowledged to hold. */
const PARENT = `
  import { systemClock } from '${join(process.cwd(), 'internal/clock/clock.ts')}';
  import { startEmbeddedRedis } from '${join(process.cwd(), 'internal/store/embedded-redis.ts')}';
  import { connectRedis } from '${join(process.cwd(), 'internal/store/redis.ts')}';
  import { pino } from 'pino';
  const log = pino({ level: 'silent' });
  const redis = await startEmbeddedRedis({ dataDir: process.argv[1], log, clock: systemClock });
  process.stdout.write('pid ' + redis.pid + '\\n');
  const client = connectRedis(redis.target, log);
  await client.connect();
  for (;;) process.stdout.write((await client.incr('key')) + '\\n');
`;

/** Starts a server, lets it write, and kills it. Returns its Redis and the last number it said. */
async function killedParent(dataDir: string, path = process.env['PATH'] ?? '') {
  const args = ['--import', 'tsx', '--input-type=module', '-e', PARENT, dataDir];
  const parent = spawn(process.execPath, args, {
    env: { PATH: path },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  parents.push(parent);
  const lines = createInterface({ input: parent.stdout });
  let orphan: ProcessRef | undefined;
  let last = 0;
  for await (const line of lines) {
    if (line.startsWith('pid ')) orphan = requireProcessRef(Number(line.slice(4)));
    else last = Number(line);
    if (last === 50) parent.kill('SIGKILL');
  }
  if (orphan === undefined) throw new Error('the server started no Redis');
  return { orphan, last };
}

describe('an embedded Redis', () => {
  test('keeps what it acknowledged when it is stopped, and leaves no lock behind', async () => {
    const dataDir = newFolder();
    const first = await start(dataDir);
    await set(first, 'one');
    await first.stop();
    expect(readdirSync(dataDir)).toEqual(['redis', 'swarmer.store']);
    expect(statSync(join(dataDir, 'redis')).mode & 0o777).toBe(0o700);
    expect(await get(await start(dataDir))).toBe('one');
  });

  test('is in a session of its own, so that Ctrl-C does not end it before the server', async () => {
    const { pid } = await start(newFolder());
    const [, , group, session] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    expect([group, session]).toEqual([String(pid), String(pid)]);
  });

  test('that is killed is started again by itself, and clients connect again', async () => {
    const redis = await start(newFolder());
    const client = connectRedis(redis.target, silent);
    await client.connect();
    for (const round of ['one', 'two']) {
      await client.set('key', round);
      const told = new Promise<string>((resolve) => redis.onExit(resolve));
      const killed = requireProcessRef(redis.pid);
      signalProcess(killed, 'SIGKILL');
      expect(await told).toContain('SIGKILL');
      const read = await waitFor(() => client.get('key'), { what: 'Redis to serve again' });
      expect(read).toBe(round);
      expect(redis.pid).not.toBe(killed.pid);
    }
    client.disconnect();
  });

  test('can be stopped while it waits to be started again', async () => {
    const dataDir = newFolder();
    const redis = await start(dataDir);
    const exited = new Promise((resolve) => redis.onExit(resolve));
    signalProcess(requireProcessRef(redis.pid), 'SIGKILL');
    await exited;
    await redis.stop();
    expect(readdirSync(dataDir)).toEqual(['redis', 'swarmer.store']);
  });

  test('listens elsewhere when the path of its folder is too long for a socket', async () => {
    const dataDir = join(newFolder(), 'long'.repeat(30));
    const redis = await start(dataDir);
    await set(redis, 'one');
    const path = redis.target.kind === 'unix' ? redis.target.path : '';
    expect(path.length).toBeLessThan(100);
    await redis.stop();
    expect(existsSync(join(path, '..'))).toBe(false);
    expect(await get(await start(dataDir))).toBe('one');
  });
});

describe('a server that was killed', () => {
  test('takes its Redis along; the next one finds everything that was acknowledged', async () => {
    const dataDir = newFolder();
    const { orphan, last } = await killedParent(dataDir);
    await waitFor(() => !isAlive(orphan), { what: 'Redis to end with its server' });
    const redis = await start(dataDir);
    expect(Number(await get(redis))).toBeGreaterThanOrEqual(last);
    expect(last).toBeGreaterThanOrEqual(50);
  });

  test('without setpriv leaves its Redis running; the next one ends it before its own starts', async () => {
    const dataDir = newFolder();
    const folder = newFolder();
    symlinkSync(redisBinary(), join(folder, 'redis-server'));
    const { orphan, last } = await killedParent(dataDir, folder);
    expect(isAlive(orphan)).toBe(true);
    const redis = await start(dataDir);
    expect(isAlive(orphan)).toBe(false);
    expect(Number(await get(redis))).toBeGreaterThanOrEqual(last);
  });

  test('leaves a Redis that does not listen any more: it is ended all the same', async () => {
    const dataDir = newFolder();
    const folder = newFolder();
    symlinkSync(redisBinary(), join(folder, 'redis-server'));
    const { orphan, last } = await killedParent(dataDir, folder);
    signalProcess(orphan, 'SIGSTOP');
    const redis = await start(dataDir);
    expect(isAlive(orphan)).toBe(false);
    expect(Number(await get(redis))).toBeGreaterThanOrEqual(last);
  });
});

describe('an embedded Redis cannot be had, and the error says what to do', () => {
  test('when another server owns the folder', async () => {
    const dataDir = newFolder();
    const redis = await start(dataDir);
    await expect(start(dataDir)).rejects.toThrow(
      new RegExp(`belongs to a server that runs \\(process ${process.pid}, .*SWARMER_DATA_DIR`),
    );
    await set(redis, 'still mine');
    expect(await get(redis)).toBe('still mine');
  });

  test('when no Redis is installed', async () => {
    await expect(start(newFolder(), ['no-redis', 'no-valkey'])).rejects.toThrow(
      'neither no-redis nor no-valkey is installed: type "apt-get install redis-server", or set REDIS_URL',
    );
  });

  test('when the folder cannot be made', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    await expect(start(join(file, 'data'))).rejects.toThrow(/cannot be used .*SWARMER_DATA_DIR/);
  });

  test('when Redis ends at once: with how, and the end of its log; the folder is free', async () => {
    const dataDir = newFolder();
    const broken = join(newFolder(), 'redis-broken');
    writeFileSync(broken, '#!/bin/sh\n[ "$1" = --version ] || { echo no luck >&2; exit 3; }\n');
    chmodSync(broken, 0o755);
    mkdirSync(join(dataDir, 'redis'));
    await expect(start(dataDir, [broken])).rejects.toThrow(
      /Redis did not start: it exited with status 3; the last lines of .*redis\.log:\nno luck/,
    );
    await set(await start(dataDir), 'one');
  });
});

describe('the data of a store that was there', () => {
  /** A folder whose Redis has acknowledged something and was stopped; its files. */
  async function stopped() {
    const dataDir = newFolder();
    const redis = await start(dataDir);
    await set(redis, 'precious');
    await set(redis, 'last');
    await redis.stop();
    started.splice(started.indexOf(redis), 1);
    const files = join(dataDir, 'redis', 'appendonlydir');
    const incr = join(files, readdirSync(files).find((name) => name.includes('.incr.')) ?? '');
    return { dataDir, folder: join(dataDir, 'redis'), files, incr };
  }

  /** Starts, and gives what was logged. */
  async function startTelling(dataDir: string) {
    const lines: Record<string, unknown>[] = [];
    const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
    return { redis: await start(dataDir, undefined, log), lines };
  }

  test.each<[string, (at: { folder: string; files: string }) => void, string]>([
    ['whose folder is gone', ({ folder }) => rmSync(folder, { recursive: true }), 'is empty'],
    ['whose files are gone', ({ files }) => rmSync(files, { recursive: true }), 'is empty'],
    [
      'whose manifest is gone',
      ({ files }) => rmSync(join(files, 'appendonly.aof.manifest')),
      'appendonly.aof.manifest is missing',
    ],
  ])('%s does not begin anew by itself, but when it is told to', async (_, harm, words) => {
    const at = await stopped();
    harm(at);
    for (let n = 0; n < 2; n += 1) {
      const starting = start(at.dataDir);
      await expect(starting).rejects.toThrow(words);
      await expect(starting).rejects.toThrow('swarmer new-store');
    }
    const aside = await beginNewStore(at.dataDir, systemClock);
    expect(existsSync(aside)).toBe(true);
    expect(await get(await start(at.dataDir))).toBeNull();
  });

  test('without a note of it, and without a manifest, does not begin anew either', async () => {
    const { dataDir, files } = await stopped();
    rmSync(join(dataDir, 'swarmer.store'));
    rmSync(join(files, 'appendonly.aof.manifest'));
    await expect(start(dataDir)).rejects.toThrow('appendonly.aof.manifest is missing');
  });

  test('of which a repair cuts something off: its bytes are told', async () => {
    const { dataDir, incr } = await stopped();
    const { size } = statSync(incr);
    truncateSync(incr, size - 3);
    const { redis, lines } = await startTelling(dataDir);
    expect(await get(redis)).toBe('precious');
    const cut = lines.find(({ msg }) => String(msg).startsWith('redis cut off the end'));
    expect(cut).toMatchObject({ file: basename(incr), bytes: expect.any(Number) });
    expect(Number(cut?.['bytes'])).toBeGreaterThan(20);
  });

  test('that is shorter than when it was seen last, cut between two commands, is told of', async () => {
    const { dataDir, incr } = await stopped();
    const text = readFileSync(incr, 'latin1');
    const last = text.lastIndexOf('*3');
    truncateSync(incr, last);
    const { redis, lines } = await startTelling(dataDir);
    expect(await get(redis)).toBe('precious');
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 50, file: basename(incr), bytes: text.length - last }),
    );
  });

  test('that cannot be read keeps it from starting, in the words of Redis', async () => {
    const { dataDir, incr } = await stopped();
    const bytes = readFileSync(incr);
    bytes.fill('X', 1, 5);
    writeFileSync(incr, bytes);
    await expect(start(dataDir)).rejects.toThrow(
      /exited with status 1 and said: Bad file format reading the append only file/,
    );
  });

  test('is left alone while a server runs on it', async () => {
    const { dataDir } = await stopped();
    const redis = await start(dataDir);
    await expect(beginNewStore(dataDir, systemClock)).rejects.toThrow('belongs to a server');
    expect(await get(redis)).toBe('last');
  });
});
