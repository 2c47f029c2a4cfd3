import {
  type AttemptId,
  type Job,
  ownName,
  type Report,
  type ReportRefusal,
  type TaskResult,
  type TaskSpec,
  type TimelineEntry,
} from '../../apis/index.ts';
import type {
  CallbackView,
  JobNames,
  JobReader,
  NamespaceQuota,
  ReportWriter,
  SpecWriter,
  StoredMeta,
  Submission,
  TaskView,
  TimelineReader,
} from '../../store/index.ts';
import { StoreError } from '../../store/index.ts';

interface StoredJob {
  job: Job;
  tasks: TaskView[];
  reports: Map<number, Report>;
}

/** The part of the store that the API sees, in memory, with the rules of the Lua transitions. */
export class FakeStore implements JobNames, JobReader, TimelineReader, SpecWriter, ReportWriter {
  /** The timeline of every job. */
  readonly events: TimelineEntry[] = [];
  /** The callback of every job. */
  callback: CallbackView | undefined;
  key = Buffer.alloc(32, 7);
  /** While set, every call fails with it. */
  failure: Error | undefined;
  /** While set, reading a page that begins at this task or later fails. */
  failReadsFrom: number | undefined;
  keyReads = 0;
  /** Reports that were refused. */
  readonly refusals: ReportRefusal[] = [];
  /** While set, noting such a report fails with it. */
  refusing: StoreError | undefined;
  /** Jobs whose metadata cannot be read. */
  readonly corrupt = new Set<string>();
  /** How many writes of users there were, refused ones too. */
  changes = 0;
  readonly #jobs = new Map<string, StoredJob>();
  readonly #submissions = new Map<string, { uid: string; digest: string }>();

  get size(): number {
    return this.#jobs.size;
  }

  async getJob(uid: string): Promise<Job | undefined> {
    this.#work();
    return this.#jobs.get(uid)?.job;
  }

  async nameOf(uid: string): Promise<StoredMeta | undefined> {
    if (this.corrupt.has(uid)) throw new StoreError('Corrupt', 'no metadata');
    return (await this.getJob(uid))?.metadata;
  }

  async readTasks(uid: string, from: number, limit: number): Promise<TaskView[]> {
    this.#work();
    if (this.failReadsFrom !== undefined && from >= this.failReadsFrom) {
      throw new StoreError('Unavailable', 'connection lost');
    }
    return (this.#jobs.get(uid)?.tasks ?? []).slice(from, from + limit);
  }

  async submitJob({ uid, meta, spec, tasks, idempotency }: Submission): Promise<string> {
    this.#write();
    const earlier = this.#submissions.get(idempotency?.key ?? '');
    if (earlier !== undefined) {
      if (earlier.digest === idempotency?.digest) return earlier.uid;
      throw new StoreError('IdempotencyConflict', 'another body');
    }
    if (idempotency) this.#submissions.set(idempotency.key, { uid, digest: idempotency.digest });
    const counts = { total: 0, pending: 0, active: 0, succeeded: 0, failed: 0, cancelled: 0 };
    const metadata = { ...(meta ?? ownName(uid)), uid, resourceVersion: 1, creationTimestamp: 0 };
    const job: Job = { metadata, spec, status: { phase: 'Running', counts, conditions: [] } };
    this.#jobs.set(uid, { job, tasks: [], reports: new Map() });
    this.#add(uid, tasks);
    return uid;
  }

  async addTasks(uid: string, tasks: TaskSpec[]): Promise<void> {
    this.#write();
    this.#add(uid, tasks);
  }

  #add(uid: string, tasks: TaskSpec[]): void {
    const stored = this.#stored(uid);
    if (stored.job.status.phase !== 'Running') throw new StoreError('Finished', 'finished');
    const names = new Set(stored.tasks.map(({ spec }) => spec.name));
    const duplicates = tasks.map(({ name }) => name).filter((name) => names.has(name));
    if (duplicates.length > 0) throw new StoreError('DuplicateTask', 'duplicates', duplicates);
    for (const spec of tasks) stored.tasks.push({ index: stored.tasks.length, spec });
    stored.job.status.counts.total = stored.tasks.length;
  }

  async readEvents(_uid: string, after: string, limit: number): Promise<TimelineEntry[]> {
    this.#work();
    return this.events.filter(({ id }) => id > after).slice(0, limit);
  }

  async cancelJob(uid: string): Promise<void> {
    this.#write();
    this.#running(uid).spec.cancel = true;
  }

  async suspendJob(uid: string, suspend: boolean): Promise<void> {
    this.#write();
    this.#running(uid).spec.suspend = suspend;
  }

  async deleteJob(uid: string): Promise<void> {
    this.#write();
    this.#stored(uid);
    this.#jobs.delete(uid);
  }

  async retryFailed(
    uid: string,
    _quota?: NamespaceQuota,
    chosen?: readonly number[],
  ): Promise<number> {
    this.#write();
    const { job, tasks } = this.#finished(uid);
    const succeeded = ({ result }: TaskView) => result?.verdict.outcome === 'Succeeded';
    const again = tasks.filter(({ index }) => chosen?.includes(index) ?? true);
    const done = again.filter(succeeded).map(({ index }) => String(index));
    if (chosen !== undefined && done.length > 0) {
      throw new StoreError('NothingToRetry', 'they have succeeded', done);
    }
    const failed = again.filter((task) => !succeeded(task));
    if (failed.length === 0) throw new StoreError('NothingToRetry', 'all succeeded');
    for (const task of failed) delete task.result;
    job.status.phase = 'Running';
    return failed.length;
  }

  async redeliver(uid: string): Promise<void> {
    this.#write();
    this.#finished(uid);
    if (this.callback === undefined) throw new StoreError('NoCallback', 'no callback');
    this.callback = { ...this.callback, state: 'pending', attempts: 0 };
  }

  async readCallback(uid: string): Promise<CallbackView | undefined> {
    this.#work();
    return this.#jobs.has(uid) ? this.callback : undefined;
  }

  #finished(uid: string): StoredJob {
    const stored = this.#stored(uid);
    if (stored.job.status.phase === 'Running') throw new StoreError('Running', 'not finished');
    return stored;
  }

  #running(uid: string): Job {
    const { job } = this.#stored(uid);
    if (job.status.phase !== 'Running') throw new StoreError('Finished', 'finished');
    return job;
  }

  async refuseReport(refusal: ReportRefusal): Promise<void> {
    this.#stored(refusal.id.jobUid);
    if (this.refusing !== undefined) throw this.refusing;
    this.refusals.push(refusal);
  }

  async awaitsReport({ jobUid, index, attempt }: AttemptId): Promise<boolean> {
    const { tasks, reports } = this.#stored(jobUid);
    return reports.get(index)?.id.attempt === attempt || tasks[index]?.attempt === attempt;
  }

  async storeReport(report: Report, taskName?: string): Promise<void> {
    const { jobUid, index, attempt } = report.id;
    const { tasks, reports } = this.#stored(jobUid);
    const task = tasks[index];
    if (task === undefined) throw new StoreError('NotFound', 'no such task');
    if (taskName !== undefined && task.spec.name !== taskName) {
      throw new StoreError('TaskMismatch', 'another task', [task.spec.name]);
    }
    const earlier = reports.get(index);
    if (earlier?.id.attempt === attempt) {
      if (earlier.digest === report.digest) return;
      throw new StoreError('ReportConflict', 'another report');
    }
    if (task.attempt !== attempt) throw new StoreError('Superseded', 'not current');
    reports.set(index, report);
  }

  async reportKey(): Promise<Buffer> {
    this.#work();
    this.keyReads += 1;
    return this.key;
  }

  /** Makes `attempt` the current one of a task. */
  start(uid: string, index: number, attempt: number): void {
    this.#task(uid, index).attempt = attempt;
  }

  /** Counts a task. */
  settle(uid: string, index: number, result: TaskResult, stdout: Buffer): void {
    Object.assign(this.#task(uid, index), { result, stdout, stderr: Buffer.alloc(0) });
  }

  /** Lets a task wait for its next attempt after one that came to this. */
  wait(uid: string, index: number, last: TaskResult, stdout: Buffer): void {
    const task = this.#task(uid, index);
    delete task.attempt;
    const waiting = { attempts: last.attempts, losses: last.losses, last };
    Object.assign(task, { waiting, stdout, stderr: Buffer.alloc(0) });
  }

  finish(uid: string): void {
    this.#stored(uid).job.status.phase = 'Complete';
  }

  report(uid: string, index: number): Report | undefined {
    return this.#stored(uid).reports.get(index);
  }

  taskNames(uid: string): string[] {
    return this.#stored(uid).tasks.map(({ spec }) => spec.name);
  }

  #write(): void {
    this.#work();
    this.changes += 1;
  }

  #work(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  #stored(uid: string): StoredJob {
    this.#work();
    const stored = this.#jobs.get(uid);
    if (stored === undefined) throw new StoreError('NotFound', 'no such job');
    return stored;
  }

  #task(uid: string, index: number): TaskView {
    const task = this.#stored(uid).tasks[index];
    if (task === undefined) throw new Error(`job ${uid} has no task ${index}`);
    return task;
  }
}
