import { type EarlierAttempts, isFinished, JOB_PHASES, type Job } from '../apis/index.ts';
import { countsOf, decodeEarlier, decodeMeta } from './codec.ts';
import type { StoreConnection } from './connection.ts';
import { StoreError } from './errors.ts';
import { pairsOf } from './pairs.ts';
import type { JobCatalog, LastApplied, ObjectChange, Page, TaskView } from './ports.ts';
import { type JobOf, readJobs } from './read-jobs.ts';
import { readTaskViews } from './task-views.ts';

/** Finds and lists jobs, and tells what has changed. Only reads. */
export class CatalogStore implements JobCatalog {
  readonly #connection: StoreConnection;

  constructor(connection: StoreConnection) {
    this.#connection = connection;
  }

  async findJob(namespace: string, name: string): Promise<string | undefined> {
    const key = this.#connection.keys.jobNames(namespace);
    const uid = await this.#connection.read((redis) => redis.hget(key, name));
    return uid ?? undefined;
  }

  async listJobs({ namespace, after, limit }: Page): Promise<{ jobs: Job[]; next?: string }> {
    const { keys } = this.#connection;
    const index = namespace === undefined ? keys.allJobs : keys.jobsIn(namespace);
    const from = after === '' ? '-' : `(${after}`;
    const uids = await this.#connection.read((redis) =>
      redis.zrangebylex(index, from, '+', 'LIMIT', 0, limit),
    );
    const jobs = await this.#read(uids);
    const last = uids.at(-1);
    return uids.length < limit || last === undefined ? { jobs } : { jobs, next: last };
  }

  async #read(uids: string[]): Promise<Job[]> {
    const jobs = await readJobs(this.#connection, uids);
    return jobs.flatMap((jobOf) => readable(jobOf));
  }

  listTasks(uid: string, from: number, limit: number): Promise<TaskView[]> {
    return readTaskViews(this.#connection, uid, { from, limit });
  }

  async earlierAttempts(uid: string, index: number): Promise<EarlierAttempts> {
    const { attempts } = this.#connection.keys.job(uid);
    const text = await this.#connection.read((redis) => redis.hget(attempts, String(index)));
    return text === null ? { kept: [], between: 0 } : decodeEarlier(text);
  }

  async lastApplied(uid: string): Promise<{ applied?: LastApplied; edits: number }> {
    const { job } = this.#connection.keys.job(uid);
    const [applied, edits] = await this.#connection.read((redis) =>
      redis.hmget(job, 'applied', 'edits'),
    );
    const known = applied ? { applied: JSON.parse(applied) as LastApplied } : {};
    return { ...known, edits: Number(edits ?? 0) };
  }

  async version(): Promise<number> {
    const { versions } = this.#connection.keys;
    return Number((await this.#connection.read((redis) => redis.get(versions))) ?? 0);
  }

  async changesAfter(version: number, limit: number): Promise<ObjectChange[] | undefined> {
    const { watch } = this.#connection.keys;
    // The oldest is read last: what was trimmed before that is missed.
    const [entries, [first]] = await this.#connection.read((redis) =>
      Promise.all([
        redis.xrange(watch, `(${version}-0`, '+', 'COUNT', limit),
        redis.xrange(watch, '-', '+', 'COUNT', 1),
      ]),
    );
    if (first !== undefined && Number.parseInt(first[0], 10) > version + 1) return undefined;
    return entries.map(objectChange);
  }
}

/** A job whose record cannot be read is set aside; it must not keep the others from being shown. */
function readable(jobOf: JobOf): Job[] {
  try {
    return [jobOf()].filter((job) => job !== undefined);
  } catch (error) {
    if (error instanceof StoreError && error.code === 'Corrupt') return [];
    throw error;
  }
}

/** An entry of the stream of changes. */
function objectChange([id, entry]: [id: string, entry: string[]]): ObjectChange {
  const fields: Record<string, string> = Object.fromEntries(pairsOf(entry));
  const { kind, uid = '', change } = fields;
  const version = Number.parseInt(id, 10);
  const common = { version, uid, change: change as ObjectChange['change'] };
  const meta = decodeMeta(uid, fields['meta']);
  if (kind === 'CronJob') return { ...common, kind, meta };
  const phase = JOB_PHASES.find((known) => known === fields['phase']);
  if (phase === undefined) throw new StoreError('Corrupt', `change ${id} has no phase`);
  const size = { live: Number(fields['live']), waiting: Number(fields['waiting']) };
  return {
    ...common,
    kind: 'Job',
    meta,
    status: { phase, counts: countsOf(fields, size, isFinished(phase)) },
  };
}
