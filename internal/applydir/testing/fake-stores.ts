import { decodeTime } from 'ulid';
import type { CronJob, Job, JobPhase } from '../../apis/index.ts';
import { newJob } from '../../apply/index.ts';
import {
  type AppliedChange,
  type CronJobWrite,
  type LastApplied,
  StoreError,
  type Submission,
} from '../../store/index.ts';
import type { ApplyDirStores } from '../apply-object.ts';

interface StoredJob {
  job: Job;
  submission: Submission;
  edits: number;
}

/** The part of the stores that applying needs, in memory. */
export class FakeStores {
  /** Every job that was ever made, by its name. */
  readonly made: string[] = [];
  /** While set, every call fails with it. */
  failure: Error | undefined;
  /** Calls so far that found the store there or not. */
  calls = 0;
  readonly #jobs = new Map<string, StoredJob>();
  readonly #crons = new Map<string, CronJobWrite & { edits: number }>();
  readonly #digests = new Map<string, string>();
  readonly #files = new Map<string, string>();

  /** Names of the jobs that there are. */
  get jobs(): string[] {
    return [...this.#jobs.values()].map(({ job }) => job.metadata.name);
  }

  job(name: string): Job {
    return this.#named(name).job;
  }

  /** What became of a job. */
  end(name: string, phase: JobPhase): void {
    this.#named(name).job.status.phase = phase;
  }

  /** Removes a job, as its TTL or a user does. */
  remove(name: string): void {
    this.#jobs.delete(this.#named(name).job.metadata.uid);
  }

  cron(name: string): CronJob['spec'] | undefined {
    return [...this.#crons.values()].find(({ meta }) => meta.name === name)?.spec;
  }

  /** The stores as applying sees them; what it does not use is not there. */
  get stores(): ApplyDirStores {
    const named =
      (namespace: string, name: string) => (meta: { namespace: string; name: string }) =>
        meta.namespace === namespace && meta.name === name;
    const stores = {
      jobs: {
        getJob: (uid: string) => this.#answer(() => this.#jobs.get(uid)?.job),
        submitJob: (submission: Submission) => this.#answer(() => this.#submit(submission)),
        deleteJob: (uid: string) =>
          this.#answer(() => {
            this.#jobs.delete(uid);
          }),
      },
      applier: {
        applyJob: (uid: string, change: AppliedChange) =>
          this.#answer(() => this.#apply(uid, change)),
      },
      catalog: {
        findJob: (namespace: string, name: string) =>
          this.#answer(() => {
            const is = named(namespace, name);
            return [...this.#jobs].find(([, { job }]) => is(job.metadata))?.[0];
          }),
        lastApplied: (uid: string) =>
          this.#answer(() => {
            const { edits = 0, submission } = this.#jobs.get(uid) ?? {};
            return { applied: submission?.applied, edits };
          }),
        listTasks: (uid: string, from: number, limit: number) =>
          this.#answer(() => {
            const tasks = this.#jobs.get(uid)?.submission.tasks ?? [];
            return tasks.slice(from, from + limit).map((spec, i) => ({ index: from + i, spec }));
          }),
      },
      crons: {
        findCronJob: (namespace: string, name: string) =>
          this.#answer(() => {
            const is = named(namespace, name);
            return [...this.#crons].find(([, { meta }]) => is(meta))?.[0];
          }),
        getCronJob: (uid: string) => this.#answer(() => this.#cronRecord(uid)),
        lastAppliedCron: (uid: string): Promise<LastApplied | undefined> =>
          this.#answer(() => this.#crons.get(uid)?.applied),
        putCronJob: (write: CronJobWrite) =>
          this.#answer(() => {
            this.#crons.set(write.uid, { ...write, edits: (write.edits ?? -1) + 1 });
          }),
      },
      applied: {
        appliedDigest: (object: string) => this.#answer(() => this.#digests.get(object)),
        appliedFrom: (object: string) => this.#answer(() => this.#files.get(object)),
        rememberApplied: (object: string, digest: string, from: string) =>
          this.#answer(() => {
            this.#digests.set(object, digest);
            this.#files.set(object, from);
          }),
      },
    };
    return stores as unknown as ApplyDirStores;
  }

  async #answer<T>(act: () => T): Promise<T> {
    this.calls++;
    if (this.failure) throw this.failure;
    return act();
  }

  #named(name: string): StoredJob {
    const stored = [...this.#jobs.values()].find(({ job }) => job.metadata.name === name);
    if (stored === undefined) throw new Error(`there is no job ${name}`);
    return stored;
  }

  #submit(submission: Submission): string {
    const { uid, meta } = submission;
    const job = newJob(submission, decodeTime(uid));
    const taken = [...this.#jobs.values()].some(
      ({ job: { metadata } }) =>
        metadata.name === meta?.name && metadata.namespace === meta.namespace,
    );
    if (taken) throw new StoreError('NameTaken', 'the name is taken', [uid]);
    this.#jobs.set(uid, { job, submission, edits: 0 });
    this.made.push(job.metadata.name);
    return uid;
  }

  #apply(uid: string, { edits, spec, meta, applied, tasks }: AppliedChange): void {
    const stored = this.#jobs.get(uid);
    if (stored === undefined) throw new StoreError('NotFound', 'no such job');
    if (stored.edits !== edits) throw new StoreError('Conflict', 'somebody was faster');
    stored.edits += 1;
    stored.job = { ...stored.job, spec, metadata: { ...stored.job.metadata, ...meta } };
    const all = [...stored.submission.tasks, ...tasks];
    stored.submission = { ...stored.submission, applied, tasks: all };
  }

  #cronRecord(uid: string): { cron: CronJob; edits: number } | undefined {
    const stored = this.#crons.get(uid);
    if (stored === undefined) return undefined;
    const metadata = { ...stored.meta, uid, creationTimestamp: 0, resourceVersion: 1 };
    return { cron: { metadata, spec: stored.spec, status: { active: [] } }, edits: stored.edits };
  }
}
