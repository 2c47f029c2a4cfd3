import { ulid } from 'ulid';
import type { StoreConnection } from './connection.ts';
import { StoreError } from './errors.ts';
import { type NamespaceQuota, quotaText } from './quota-text.ts';

/** Of a job of which more tasks did not succeed the retry is prepared in parts. */
const AT_ONE_TIME = 500;
/** Tasks of one part: some ms of Redis. */
const PART = 200;
/** How long what is prepared stays when nothing comes of it, as after a crash, in ms. */
const LIFETIME_MS = 600_000;
/** How often it is begun anew because the job has gone on meanwhile. */
const TRIES = 3;

interface Retry {
  uid: string;
  quota: NamespaceQuota | undefined;
  /** Indices of those that shall run again; all that did not succeed unless given. */
  tasks: readonly number[] | undefined;
}

/** Makes tasks of a finished job run again, all or none. @returns how many. */
export async function retryTasks(connection: StoreConnection, retry: Retry): Promise<number> {
  for (let tries = 1; ; tries++) {
    const { job } = connection.keys.job(retry.uid);
    const [phase, total, succeeded, generation] = await connection.read((redis) =>
      redis.hmget(job, 'phase', 'total', 'succeeded', 'generation'),
    );
    const left = Number(total) - Number(succeeded);
    // Named may be more than did not succeed.
    const isFew = left <= AT_ONE_TIME && (retry.tasks?.length ?? 0) <= AT_ONE_TIME;
    // What there is to refuse in a job that runs, or is not there, the script says.
    if (!phase || phase === 'Running' || isFew) return retryAtOnce(connection, retry);
    try {
      return await retryInParts(connection, retry, Number(total), generation ?? '');
    } catch (error) {
      const again = error instanceof StoreError && error.code === 'Conflict';
      if (!again || tries === TRIES) throw error;
    }
  }
}

async function retryAtOnce(connection: StoreConnection, retry: Retry): Promise<number> {
  const { keys } = connection;
  const { uid, quota, tasks = [] } = retry;
  const job = keys.job(uid);
  const names = [
    ...[job.job, keys.activeJobs, keys.changes, job.events, job.unsuccessful],
    ...[job.results, job.waiting, job.progress, keys.outbox, keys.expiry],
    ...[job.live, keys.versions, keys.watch, keys.jobsIn(quota?.namespace ?? '')],
  ];
  const args = [uid, keys.jobPrefix, limitsOf(connection, retry), ...tasks];
  const [count] = await connection.transition('retry_failed', names, args);
  return Number(count);
}

async function retryInParts(
  connection: StoreConnection,
  retry: Retry,
  total: number,
  generation: string,
): Promise<number> {
  const { keys } = connection;
  const { uid, quota } = retry;
  const job = keys.job(uid);
  const staged = keys.stagedRetry(ulid());
  const ahead = [staged.progress, staged.waiting, staged.unsuccessful];
  try {
    const { count, failed } = await stage(connection, retry, { total, generation, ahead });
    const [again] = await connection.transition(
      'retry_staged',
      [
        ...[job.job, keys.activeJobs, keys.changes, job.events, job.unsuccessful],
        ...[job.waiting, job.progress, keys.outbox, keys.expiry, job.live],
        ...[keys.versions, keys.watch, keys.jobsIn(quota?.namespace ?? ''), ...ahead],
      ],
      [
        ...[uid, keys.jobPrefix, limitsOf(connection, retry), generation, count, failed],
        retry.tasks === undefined ? '' : '1',
      ],
    );
    return Number(again);
  } catch (error) {
    await connection
      .read((redis) => redis.unlink(...ahead))
      .catch(() => {
        // Redis is away: it expires. Why the retry failed is to be told, not this.
      });
    throw error;
  }
}

/** @throws StoreError `NothingToRetry` with the indices of those that have succeeded; `Conflict`. */
async function stage(
  connection: StoreConnection,
  { uid, tasks }: Retry,
  { total, generation, ahead }: { total: number; generation: string; ahead: string[] },
): Promise<{ count: number; failed: number }> {
  const job = connection.keys.job(uid);
  const names = [job.job, job.results, job.progress, ...ahead];
  const chosen = tasks && partsOf(tasks);
  const succeeded: string[] = [];
  let count = 0;
  let failed = 0;
  for (let from = 0; from < total; from += PART) {
    const to = Math.min(total, from + PART);
    const which = chosen === undefined ? [''] : ['1', ...(chosen.get(from / PART) ?? [])];
    const args = [generation, LIFETIME_MS, from, to, ...which];
    const [again, had, ...not] = await connection.transition('retry_part', names, args);
    count += Number(again);
    failed += Number(had);
    succeeded.push(...not);
  }
  if (succeeded.length > 0 || (chosen !== undefined && count === 0)) {
    throw new StoreError('NothingToRetry', 'tasks of the job have succeeded', succeeded);
  }
  return { count, failed };
}

/** The indices, by the part that they are in. */
function partsOf(tasks: readonly number[]): Map<number, number[]> {
  const parts = new Map<number, number[]>();
  for (const index of tasks) {
    const part = Math.floor(index / PART);
    const known = parts.get(part);
    if (known === undefined) parts.set(part, [index]);
    else known.push(index);
  }
  return parts;
}

function limitsOf({ attemptOutputBytes }: StoreConnection, { quota }: Retry): string {
  return quotaText(quota, attemptOutputBytes);
}
