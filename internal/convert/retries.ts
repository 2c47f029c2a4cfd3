import type { Origins } from './origins.ts';
import type { Source } from './source.ts';

/** What Kubernetes takes when `backoffLimit` is not given. */
const BACKOFF_LIMIT = 6;
/** What it writes into objects that have `backoffLimitPerIndex`. */
const NO_LIMIT = 2_147_483_647;

/**
 * `backoffLimit`, `backoffLimitPerIndex` and `maxFailedIndexes`. Kubernetes counts failures over the
 * whole job unless told to do so by index; we count those of each task.
 */
export function convertRetries(source: Source, origins: Origins, total: number) {
  const perIndex = source.integer('backoffLimitPerIndex');
  const given = source.integer('backoffLimit');
  const maxFailed = source.integer('maxFailedIndexes');
  origins.set([...source.path, 'maxFailedTasks'], source.at('maxFailedIndexes'));
  if (perIndex !== undefined) {
    origins.set(source.at('backoffLimit'), source.at('backoffLimitPerIndex'));
    noteWholeLimit(source, given);
    return limits(perIndex, maxFailed);
  }
  const limit = given ?? BACKOFF_LIMIT;
  // The first failure ends a job without retries, and one task is the whole job.
  if (limit > 0 && total > 1) noteLimitPerTask(source, limit, given === undefined);
  return limits(limit, maxFailed ?? (total > 1 ? 0 : undefined));
}

function limits(backoffLimit: number, maxFailedTasks: number | undefined) {
  return { backoffLimit, ...(maxFailedTasks === undefined ? {} : { maxFailedTasks }) };
}

function noteWholeLimit(source: Source, given: number | undefined): void {
  if (given === undefined || given === NO_LIMIT) return;
  const message =
    'failures are counted by task, which backoffLimitPerIndex says: there is no limit over the ' +
    'whole job beside it; limit the tasks that may fail by "maxFailedTasks"';
  source.notes.dropped(source.at('backoffLimit'), message);
}

function noteLimitPerTask(source: Source, limit: number, isDefault: boolean): void {
  const what = isDefault ? `${limit}, the default of Kubernetes, is written. ` : '';
  const message =
    `${what}It is for each task, not for the whole job: up to ${limit} retries of every one. The job ` +
    'still fails when a retry too many would be needed, with the first task that has none left ' +
    '(maxFailedTasks)';
  source.notes.changed(source.at('backoffLimit'), message);
}
