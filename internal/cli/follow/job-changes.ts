import { ApiError } from '../api-error.ts';
import type { Client } from '../client.ts';
import type { Job, WatchEvent } from '../resources.ts';
import { type JobSelection, readSnapshot, watchPath } from './job-source.ts';

export type JobChange =
  /** The job is there, and so. */
  | { type: 'set'; job: Job }
  /** It is no longer there. */
  | { type: 'gone'; name: string }
  /** All selected jobs that exist were told. */
  | { type: 'synced' };

/**
 * The selected jobs as they are, then every change of them, for ever. When the server no longer keeps
 * the changes since the last one seen, they are read anew; nobody notices.
 * @throws the signal's reason when it aborts.
 */
export async function* jobChanges(
  client: Client,
  selection: JobSelection,
  signal: AbortSignal,
): AsyncGenerator<JobChange, never> {
  const known = new KnownJobs(selection.names);
  for (;;) {
    const { jobs, version } = await readSnapshot(client, selection, signal);
    yield* known.replaceBy(jobs);
    yield { type: 'synced' };
    try {
      for await (const { data } of client.events(watchPath(selection, version), { signal })) {
        yield* known.apply(JSON.parse(data) as WatchEvent<Job>);
      }
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 410)) throw error;
    }
  }
}

/** What was last seen of each job. */
class KnownJobs {
  readonly #names: ReadonlySet<string> | undefined;
  readonly #jobs = new Map<string, Job>();

  constructor(names: readonly string[] | undefined) {
    this.#names = names && new Set(names);
  }

  *replaceBy(jobs: readonly Job[]): Generator<JobChange, void> {
    const uids = new Set(jobs.map(({ metadata }) => metadata.uid));
    const gone = [...this.#jobs.values()].filter(({ metadata }) => !uids.has(metadata.uid));
    for (const job of gone) yield* this.#remove(job);
    for (const job of lastOfEachName(jobs)) yield* this.#set(job, true);
  }

  *apply({ type, object }: WatchEvent<Job>): Generator<JobChange, void> {
    if (type === 'BOOKMARK') return;
    if (this.#names !== undefined && !this.#names.has(object.metadata.name)) return;
    const before = this.#jobs.get(object.metadata.name);
    if (type === 'DELETED') yield* this.#remove(object);
    else if (before === undefined || versionOf(object) > versionOf(before))
      yield* this.#set(object, type === 'ADDED');
  }

  /** @param isLatest whether no other job of this name was made after it. */
  *#set(job: Job, isLatest: boolean): Generator<JobChange, void> {
    const before = this.#jobs.get(job.metadata.name);
    const isSame = before?.metadata.uid === job.metadata.uid;
    if (before !== undefined && (isSame ? versionOf(job) <= versionOf(before) : !isLatest)) return;
    this.#jobs.set(job.metadata.name, job);
    yield { type: 'set', job };
  }

  /** A job of the same name may have been made meanwhile: that one stays. */
  *#remove({ metadata }: Job): Generator<JobChange, void> {
    if (this.#jobs.get(metadata.name)?.metadata.uid !== metadata.uid) return;
    this.#jobs.delete(metadata.name);
    yield { type: 'gone', name: metadata.name };
  }
}

/** In order of creation. One that is being deleted is still there beside the job that took its name. */
function lastOfEachName(jobs: readonly Job[]): Iterable<Job> {
  return new Map(jobs.map((job) => [job.metadata.name, job])).values();
}

function versionOf({ metadata }: Job): number {
  return Number(metadata.resourceVersion);
}
