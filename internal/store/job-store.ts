import {
  type AttemptId,
  type Job,
  type JobEvent,
  type OutputSummary,
  ownName,
  type Report,
  type ReportRefusal,
  type ReportSummary,
  type TaskSpec,
  type TimelineEntry,
  unavailableOutput,
} from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import { acceptKeys, taskPairs } from './accept-keys.ts';
import { decodeMeta, decodeRecord, decodeReport, encodeReport } from './codec.ts';
import type { StoreConnection } from './connection.ts';
import { deliveryRecord, eventText, timelineEntry } from './events.ts';
import type {
  AppliedChange,
  CallbackView,
  JobApplier,
  JobNames,
  JobReader,
  ReportWriter,
  SpecWriter,
  StoredMeta,
  Submission,
  TaskView,
  TimelineReader,
} from './ports.ts';
import { type NamespaceQuota, quotaOf, quotaText } from './quota-text.ts';
import { readJobs } from './read-jobs.ts';
import { retryTasks } from './retry-tasks.ts';
import { appendTasks, STAGED_FROM, stageTasks, unstageTasks } from './staged-tasks.ts';
import { readTaskViews } from './task-views.ts';

/** How long an idempotency key is remembered. */
const IDEMPOTENCY_LIFETIME_S = 24 * 60 * 60;

/** How often tasks are read again that were started meanwhile. */
const READ_TRIES = 3;
/** Tasks of a page that is never cut for the size of its outputs. */
const WHOLE_PAGE = 16;
/** Bytes of output in one page of more tasks, and most that are kept of one stream. */
const PAGE_BYTES = 32 * 1024 * 1024;
const STREAM_BYTES = 64 * 1024 * 1024;
const NOTHING = Buffer.alloc(0);

const outputOf = (view: TaskView): OutputSummary | undefined =>
  (view.result ?? view.waiting?.last)?.output;

/** The first of these tasks, as many as their outputs let. */
function fitting(views: TaskView[]): TaskView[] {
  let bytes = 0;
  const over = views.findIndex((view) => {
    const { stdout, stderr } = outputOf(view) ?? {};
    for (const stream of [stdout, stderr]) bytes += Math.min(stream?.bytes ?? 0, STREAM_BYTES);
    return bytes > PAGE_BYTES;
  });
  return over < 0 ? views : views.slice(0, Math.max(1, over));
}

/** What the API may do: read jobs, write desired specs, write reports. It cannot change a status. */
export class JobStore
  implements JobNames, JobReader, TimelineReader, SpecWriter, JobApplier, ReportWriter
{
  readonly #connection: StoreConnection;
  readonly #clock: Clock;

  constructor(connection: StoreConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  async getJob(uid: string): Promise<Job | undefined> {
    const [jobOf] = await readJobs(this.#connection, [uid]);
    return jobOf?.();
  }

  async nameOf(uid: string): Promise<StoredMeta | undefined> {
    const { job } = this.#connection.keys.job(uid);
    const [phase, meta] = await this.#connection.read((redis) => redis.hmget(job, 'phase', 'meta'));
    return phase ? decodeMeta(uid, meta) : undefined;
  }

  async readTasks(uid: string, from: number, limit: number): Promise<TaskView[]> {
    for (let tries = 1; ; tries++) {
      // Results before outputs: what a result tells of is there by then.
      const page = await readTaskViews(this.#connection, uid, { from, limit });
      const views = limit > WHOLE_PAGE ? fitting(page) : page;
      const shown = await this.#withOutput(uid, views);
      if (tries === READ_TRIES || !views.some(({ waiting }) => waiting)) return shown;
      // Of one that waits the output may be the next attempt's by then.
      const after = await readTaskViews(this.#connection, uid, { from, limit });
      if (views.every(({ waiting }, i) => waiting?.attempts === after[i]?.waiting?.attempts)) {
        return shown;
      }
    }
  }

  async #withOutput(uid: string, views: TaskView[]): Promise<TaskView[]> {
    const job = this.#connection.keys.job(uid);
    const [stdout, stderr] = await Promise.all([
      this.#streamOf(job.stdout, 'stdout', views),
      this.#streamOf(job.stderr, 'stderr', views),
    ]);
    for (const view of views) {
      if (outputOf(view) === undefined) continue;
      view.stdout = stdout.get(view.index) ?? NOTHING;
      view.stderr = stderr.get(view.index) ?? NOTHING;
    }
    return views;
  }

  /** By task. What lies there of a stream of which nothing was collected is of an attempt before. */
  async #streamOf(
    key: string,
    stream: 'stdout' | 'stderr',
    views: TaskView[],
  ): Promise<Map<number, Buffer | null>> {
    const wrote = views.filter((view) => (outputOf(view)?.[stream].bytes ?? 0) > 0);
    if (wrote.length === 0) return new Map();
    const fields = wrote.map(({ index }) => String(index));
    const found = await this.#connection.read((redis) => redis.hmgetBuffer(key, ...fields));
    return new Map(wrote.map(({ index }, i) => [index, found[i] ?? null]));
  }

  async submitJob(submission: Submission): Promise<string> {
    const { uid, tasks } = submission;
    await this.#connection.admit();
    if (tasks.length < STAGED_FROM) return this.#submit(submission, tasks, 0);
    await stageTasks(this.#connection, uid, tasks);
    try {
      return await this.#submit(submission, [], tasks.length);
    } finally {
      await unstageTasks(this.#connection, uid);
    }
  }

  /** @param staged how many tasks were sent ahead. */
  async #submit(submission: Submission, tasks: TaskSpec[], staged: number): Promise<string> {
    const { uid, spec, idempotency, applied } = submission;
    const { keys } = this.#connection;
    const meta: StoredMeta = submission.meta ?? ownName(uid);
    const { suspend, ...fixed } = spec;
    const ahead = keys.staged(uid);
    const [accepted] = await this.#connection.transition(
      'submit',
      [
        ...[keys.idempotency(idempotency?.key ?? ''), ...acceptKeys(keys, uid, meta)],
        ...[ahead.tasks, ahead.names, keys.idempotency(idempotency?.formerKey ?? '')],
      ],
      [
        uid,
        this.#clock.now(),
        JSON.stringify(fixed),
        idempotency?.digest ?? '',
        IDEMPOTENCY_LIFETIME_S,
        suspend ? '1' : '0',
        JSON.stringify(meta),
        meta.name,
        applied === undefined ? '' : JSON.stringify(applied),
        keys.jobPrefix,
        meta.ownerReference === undefined ? '' : this.#clock.now(),
        staged,
        quotaText(quotaOf(meta, submission), this.#connection.attemptOutputBytes),
        ...taskPairs(tasks),
      ],
    );
    return accepted ?? uid;
  }

  async addTasks(uid: string, tasks: TaskSpec[], quota?: NamespaceQuota): Promise<void> {
    await this.#connection.admit();
    const { keys } = this.#connection;
    const job = keys.job(uid);
    const names = [
      ...[job.job, job.tasks, job.names, keys.changes, job.events],
      ...this.#seen(uid),
      ...[keys.activeJobs, keys.jobsIn(quota?.namespace ?? ''), keys.adding(uid)],
    ];
    const limits = quotaText(quota, this.#connection.attemptOutputBytes);
    await this.#append(uid, tasks, (appended) =>
      this.#connection.transition('add_tasks', names, [uid, keys.jobPrefix, limits, ...appended]),
    );
  }

  async applyJob(uid: string, change: AppliedChange): Promise<void> {
    if (change.tasks.length > 0) await this.#connection.admit();
    const { keys } = this.#connection;
    const job = keys.job(uid);
    // Both are kept apart from the rest: verbs set them.
    const { suspend: _, cancel: __, ...spec } = change.spec;
    const suspend = change.suspend === undefined ? '' : Number(change.suspend);
    const names = [
      ...[job.job, job.tasks, job.names, keys.changes, job.events, keys.expiry],
      ...this.#seen(uid),
      ...[keys.activeJobs, keys.jobsIn(change.meta.namespace), keys.adding(uid)],
    ];
    const args = [
      ...[uid, change.edits, change.version ?? '', JSON.stringify(spec)],
      ...[JSON.stringify(change.meta), JSON.stringify(change.applied), suspend],
      eventText({ type: 'Configured' }),
      keys.jobPrefix,
      quotaText(quotaOf(change.meta, change), this.#connection.attemptOutputBytes),
      this.#clock.now(),
    ];
    await this.#append(uid, change.tasks, (appended) =>
      this.#connection.transition('apply', names, [...args, ...appended]),
    );
  }

  #append(
    uid: string,
    tasks: readonly TaskSpec[],
    append: (tasks: (string | number)[]) => Promise<unknown>,
  ): Promise<void> {
    const at = { connection: this.#connection, clock: this.#clock };
    return appendTasks(at, uid, tasks, append);
  }

  cancelJob(uid: string): Promise<void> {
    return this.#control(uid, 'cancel', true, { type: 'CancelRequested' });
  }

  suspendJob(uid: string, suspend: boolean): Promise<void> {
    const event = { type: suspend ? 'Suspended' : 'Resumed' } as const;
    return this.#control(uid, 'suspend', suspend, event);
  }

  async deleteJob(uid: string): Promise<void> {
    const { keys } = this.#connection;
    const job = keys.job(uid);
    const names = [job.job, keys.changes, job.events, keys.expiry, keys.outbox, ...this.#seen(uid)];
    await this.#connection.transition('delete_job', names, [uid, this.#clock.now()]);
  }

  async retryFailed(
    uid: string,
    quota?: NamespaceQuota,
    tasks?: readonly number[],
  ): Promise<number> {
    await this.#connection.admit();
    return retryTasks(this.#connection, { uid, quota, tasks });
  }

  async redeliver(uid: string): Promise<void> {
    const { keys } = this.#connection;
    const job = keys.job(uid);
    await this.#connection.transition('redeliver', [job.job, job.callback, keys.outbox], [uid]);
  }

  async readEvents(uid: string, after: string, limit: number): Promise<TimelineEntry[]> {
    const key = this.#connection.keys.job(uid).events;
    const from = after === '' ? '-' : `(${after}`;
    const entries = await this.#connection.read((redis) =>
      redis.xrange(key, from, '+', 'COUNT', limit),
    );
    return entries.map(timelineEntry);
  }

  async readCallback(uid: string): Promise<CallbackView | undefined> {
    const { callback, deliveries } = this.#connection.keys.job(uid);
    const [fields, log] = await this.#connection.read((redis) =>
      Promise.all([redis.hgetall(callback), redis.xrange(deliveries, '-', '+')]),
    );
    const { url, state, attempts } = fields;
    if (url === undefined) return undefined;
    const records = log.map(([, entry]) => deliveryRecord(entry));
    return { url, state: state ?? '', attempts: Number(attempts), log: records };
  }

  /** The last keys of every script that changes what users see of a job. */
  #seen(uid: string): string[] {
    const { keys } = this.#connection;
    const { live, waiting } = keys.job(uid);
    return [live, waiting, keys.versions, keys.watch];
  }

  async #control(
    uid: string,
    field: 'cancel' | 'suspend',
    value: boolean,
    event: JobEvent,
  ): Promise<void> {
    const { keys } = this.#connection;
    const job = keys.job(uid);
    const args = [uid, field, value ? '1' : '0', eventText(event), this.#clock.now()];
    const names = [job.job, keys.changes, job.events, ...this.#seen(uid)];
    await this.#connection.transition('control', names, args);
  }

  async awaitsReport({ jobUid, index, attempt }: AttemptId): Promise<boolean> {
    const { live, reports } = this.#connection.keys.job(jobUid);
    const [record, report] = await this.#connection.read((redis) =>
      Promise.all([redis.hget(live, String(index)), redis.hget(reports, String(index))]),
    );
    if (report !== null && decodeReport(report).attempt === attempt) return true;
    if (record === null) return false;
    const { attempt: current, verdict } = decodeRecord(record);
    return current === attempt && verdict === undefined;
  }

  async storeReport(report: Report, taskName = ''): Promise<void> {
    const { id, exitStatus, output, digest } = report;
    const summary: ReportSummary = {
      attempt: id.attempt,
      exitStatus,
      output: output.summary,
      receivedAt: this.#clock.now(),
      digest,
    };
    if (report.interrupted) summary.interrupted = true;
    if (report.partial) summary.partial = true;
    await this.#report(id, summary, [taskName, '', output.stdout, output.stderr]);
  }

  async refuseReport({ id, why }: ReportRefusal): Promise<void> {
    const { index, attempt } = id;
    const summary: ReportSummary = {
      attempt,
      exitStatus: null,
      output: unavailableOutput('the report was refused'),
      receivedAt: this.#clock.now(),
      digest: '',
      refused: why,
    };
    const event = {
      type: 'ReportRefused',
      index,
      attempt,
      reason: 'Invalid',
      message: why,
    } as const;
    await this.#report(id, summary, ['', eventText(event)]);
  }

  async #report(
    { jobUid, index, attempt }: AttemptId,
    report: ReportSummary,
    [taskName, ...rest]: [taskName: string, event: string, ...output: Buffer[]],
  ): Promise<void> {
    const { keys } = this.#connection;
    const job = keys.job(jobUid);
    const of = [job.job, job.tasks, job.live, job.reports, job.stdout, job.stderr];
    await this.#connection.transition(
      'report',
      [...of, keys.changes, job.events],
      [jobUid, index, attempt, taskName, encodeReport(report), ...rest],
    );
  }

  reportKey(): Promise<Buffer> {
    return this.#connection.reportKey();
  }
}
