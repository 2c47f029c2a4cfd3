import type { TaskSpec } from '../apis/index.ts';
import { encodeTask } from './codec.ts';
import type { StoreConnection } from './connection.ts';
import { StoreError } from './errors.ts';
import { transact } from './transact.ts';

/** Tasks from which a job's are sent ahead: one call with more would hold up Redis and this process. */
export const STAGED_FROM = 2000;

/** Tasks of one call. */
const CHUNK = 500;

/** How long they stay after the last call when no job takes them, as after a crash, in ms. */
const LIFETIME_MS = 600_000;

/**
 * Sends the tasks of a job ahead, part by part. The transition `submit` makes them the job's in one
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
  for (let from = 0; from < tasks.length; from += CHUNK) {
    const chunk = tasks.slice(from, from + CHUNK);
    const names = chunk.flatMap(({ name }, i) => [name, from + i]);
    const texts = chunk.flatMap((task, i) => [from + i, encodeTask(task)]);
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
  }
}

/** Removes what was sent ahead and no job has taken. */
export async function unstageTasks(connection: StoreConnection, uid: string): Promise<void> {
  const { tasks, names } = connection.keys.staged(uid);
  await connection.read((redis) => redis.unlink(tasks, names));
}

function refuseDuplicates(tasks: readonly TaskSpec[]): void {
  const seen = new Set<string>();
  const twice = tasks.filter(({ name }) => seen.size === seen.add(name).size);
  if (twice.length === 0) return;
  const names = twice.map(({ name }) => name);
  throw new StoreError('DuplicateTask', 'task names must be unique within the job', names);
}
