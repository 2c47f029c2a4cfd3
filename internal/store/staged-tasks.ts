import { ulid } from 'ulid';
import type { TaskSpec } from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import { taskPairs } from './accept-keys.ts';
import type { StoreConnection } from './connection.ts';
import { StoreError, type StoreErrorCode } from './errors.ts';
import { transact } from './transact.ts';

/** Tasks from which a job's are sent ahead: one call with more would hold up Redis and this process. */
export const STAGED_FROM = 1000;

/** Tasks of one call. */
const CHUNK = 500;

/** How long they stay after the last call when no job takes them, as after a crash, in ms. */
const LIFETIME_MS = 600_000;

/** After which time without a part whoever adds tasks to a job counts as gone, in ms. */
const ADDING_MS = 10_000;
/** Before it is looked again whether somebody else has added his, in ms, and how often. */
const PAUSE_MS = 100;
const TRIES = 150;

/**
 * Sends the tasks of a job ahead, part by part. The transition that accepts the job makes them its own in one
 * step; without it they expire.
 * @throws StoreError `DuplicateTask` before anything is sent.
 */
export async function stageTasks(
  connection: StoreConnection,
  uid: string,
  tasks: readonly TaskSpec[],
): Promise<void> {
  refuseDuplicates(tasks);
  const staged = connection.keys.staged(uid);
  let from = 0;
  for (const chunk of chunksOf(tasks)) {
    const first = from;
    const pairs = taskPairs(chunk);
    // Name, index of it, …; index, task, ….
    const names = pairs.map((it, i) => (i % 2 === 0 ? it : first + (i - 1) / 2));
    const texts = pairs.map((it, i) => (i % 2 === 0 ? first + i / 2 : it));
    await connection.read((redis) =>
      transact(
        redis
          .multi()
          .hset(staged.names, ...names)
          .hset(staged.tasks, ...texts)
          .pexpire(staged.names, LIFETIME_MS)
          .pexpire(staged.tasks, LIFETIME_MS),
      ),
    );
    from += chunk.length;
  }
}

/** Removes what was sent ahead and no job has taken. Never rejects: what it came to is to be told, not this. */
export async function unstageTasks(connection: StoreConnection, uid: string): Promise<void> {
  const { tasks, names } = connection.keys.staged(uid);
  await connection
    .read((redis) => redis.unlink(tasks, names))
    .catch(() => {
      // Redis is away: it expires.
    });
}

/**
 * Appends tasks to a job that there is. Many are written behind its own first, part by part, where one caller at a
 * time may write; the others wait for it.
 * @param append calls the transition that makes them the job's, with these as its last arguments.
 * @throws StoreError `DuplicateTask`, `Busy` when others do not come to an end, and what `append` throws: then no
 *   task was added.
 */
export async function appendTasks(
  { connection, clock }: { connection: StoreConnection; clock: Clock },
  uid: string,
  tasks: readonly TaskSpec[],
  append: (tasks: (string | number)[]) => Promise<unknown>,
): Promise<void> {
  const isMany = tasks.length >= STAGED_FROM;
  const token = isMany ? ulid() : '';
  if (isMany) refuseDuplicates(tasks);
  for (let tries = 1; ; tries++) {
    try {
      if (isMany) await addInParts(connection, uid, token, tasks);
      await append(isMany ? [token, tasks.length] : ['', 0, ...taskPairs(tasks)]);
      return;
    } catch (error) {
      const isBusy = hasCode(error, 'Busy');
      if (!isMany && !isBusy) throw error;
      const isFree = await dropParts(connection, uid, token);
      if (!isBusy || tries === TRIES) throw error;
      if (!isFree) await clock.sleep(PAUSE_MS);
    }
  }
}

/** @throws StoreError `DuplicateTask` with all names that the job has already. */
async function addInParts(
  connection: StoreConnection,
  uid: string,
  token: string,
  tasks: readonly TaskSpec[],
): Promise<void> {
  const taken: string[] = [];
  let written = 0;
  for (const chunk of chunksOf(tasks)) {
    const args = [token, ADDING_MS, written, ...taskPairs(chunk)];
    try {
      await connection.transition('add_part', addingKeys(connection, uid), args);
      written += chunk.length;
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'DuplicateTask') throw error;
      taken.push(...error.details);
    }
  }
  if (taken.length > 0) throw duplicates(taken);
}

/**
 * Removes what was written behind the tasks of a job and is not its own: by this caller, or by one that is gone.
 * @returns false when somebody else is writing there.
 */
async function dropParts(
  connection: StoreConnection,
  uid: string,
  token: string,
): Promise<boolean> {
  try {
    for (let left = 1; left > 0; ) {
      const keys = addingKeys(connection, uid);
      const [rest] = await connection.transition('drop_part', keys, [token, CHUNK]);
      left = Number(rest);
    }
    return true;
  } catch (error) {
    // What is left, because Redis is away, is removed by whoever adds tasks next.
    if (hasCode(error, 'Busy') || hasCode(error, 'Unavailable')) return false;
    throw error;
  }
}

function addingKeys({ keys }: StoreConnection, uid: string): string[] {
  const { job, tasks, names } = keys.job(uid);
  return [job, tasks, names, keys.adding(uid)];
}

function* chunksOf(tasks: readonly TaskSpec[]): Generator<readonly TaskSpec[]> {
  for (let from = 0; from < tasks.length; from += CHUNK) yield tasks.slice(from, from + CHUNK);
}

function refuseDuplicates(tasks: readonly TaskSpec[]): void {
  const seen = new Set<string>();
  const twice = tasks.filter(({ name }) => seen.size === seen.add(name).size);
  if (twice.length > 0) throw duplicates(twice.map(({ name }) => name));
}

function duplicates(names: readonly string[]): StoreError {
  return new StoreError('DuplicateTask', 'task names must be unique within the job', names);
}

function hasCode(error: unknown, code: StoreErrorCode): boolean {
  return error instanceof StoreError && error.code === code;
}
