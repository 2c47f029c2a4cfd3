import type { ChainableCommander } from 'ioredis';
import type { Job, Report, ReportSummary, TaskSpec } from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import {
  decodeJob,
  decodeRecord,
  decodeResult,
  decodeTask,
  encodeReport,
  encodeTask,
} from './codec.ts';
import type { StoreConnection } from './connection.ts';
import type { JobReader, ReportWriter, SpecWriter, Submission, TaskView } from './ports.ts';

/** How long an idempotency key is remembered. */
const IDEMPOTENCY_LIFETIME_S = 24 * 60 * 60;

/** What the API may do: read jobs, write desired specs, write reports. It cannot change a status. */
export class JobStore implements JobReader, SpecWriter, ReportWriter {
  readonly #connection: StoreConnection;
  readonly #clock: Clock;

  constructor(connection: StoreConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  async getJob(uid: string): Promise<Job | undefined> {
    const { keys } = this.#connection;
    const job = keys.job(uid);
    const [fields, live, waiting] = await this.#transaction((multi) =>
      multi.hgetall(job.job).hlen(job.live).zcard(job.waiting),
    );
    const found = fields as Record<string, string>;
    if (Object.keys(found).length === 0) return undefined;
    return decodeJob(uid, found, { live: Number(live), waiting: Number(waiting) });
  }

  async readTasks(uid: string, from: number, limit: number): Promise<TaskView[]> {
    const job = this.#connection.keys.job(uid);
    const fields = Array.from({ length: limit }, (_, i) => String(from + i));
    const [tasks, live, results, stdout, stderr] = await this.#connection.read((redis) =>
      Promise.all([
        redis.hmget(job.tasks, ...fields),
        redis.hmget(job.live, ...fields),
        redis.hmget(job.results, ...fields),
        redis.hmgetBuffer(job.stdout, ...fields),
        redis.hmgetBuffer(job.stderr, ...fields),
      ]),
    );
    return tasks.flatMap((task, i) => {
      if (task === null) return [];
      const view: TaskView = { index: from + i, spec: decodeTask(task) };
      const record = live[i];
      if (record) view.attempt = decodeRecord(record).attempt;
      const result = results[i];
      if (result) {
        view.result = decodeResult(result);
        view.stdout = stdout[i] ?? Buffer.alloc(0);
        view.stderr = stderr[i] ?? Buffer.alloc(0);
      }
      return [view];
    });
  }

  async submitJob({ uid, spec, tasks, idempotency }: Submission): Promise<string> {
    const { keys } = this.#connection;
    const job = keys.job(uid);
    const [accepted] = await this.#connection.transition(
      'submit',
      [
        job.job,
        job.tasks,
        job.names,
        keys.activeJobs,
        keys.changes,
        keys.idempotency(idempotency?.key ?? ''),
      ],
      [
        uid,
        this.#clock.now(),
        JSON.stringify(spec),
        idempotency?.digest ?? '',
        IDEMPOTENCY_LIFETIME_S,
        ...pairs(tasks),
      ],
    );
    return accepted ?? uid;
  }

  async addTasks(uid: string, tasks: TaskSpec[]): Promise<void> {
    const { keys } = this.#connection;
    const job = keys.job(uid);
    await this.#connection.transition(
      'add_tasks',
      [job.job, job.tasks, job.names, keys.changes],
      [uid, ...pairs(tasks)],
    );
  }

  async storeReport({ id, exitStatus, output, digest }: Report, taskName: string): Promise<void> {
    const { keys } = this.#connection;
    const job = keys.job(id.jobUid);
    const summary: ReportSummary = {
      attempt: id.attempt,
      exitStatus,
      output: output.summary,
      receivedAt: this.#clock.now(),
      digest,
    };
    await this.#connection.transition(
      'report',
      [job.job, job.tasks, job.live, job.reports, job.stdout, job.stderr, keys.changes],
      [
        id.jobUid,
        id.index,
        id.attempt,
        taskName,
        encodeReport(summary),
        digest,
        output.stdout,
        output.stderr,
      ],
    );
  }

  reportKey(): Promise<Buffer> {
    return this.#connection.reportKey();
  }

  async #transaction(build: (multi: ChainableCommander) => ChainableCommander): Promise<unknown[]> {
    return this.#connection.read(async (redis) => transact(build(redis.multi())));
  }
}

/**
 * Runs a MULTI and gives its values.
 * @throws the first error among its replies.
 */
export async function transact(multi: ChainableCommander): Promise<unknown[]> {
  const replies = await multi.exec();
  if (replies === null) throw new Error('Redis aborted a transaction');
  return replies.map(([error, value]) => {
    if (error) throw error;
    return value;
  });
}

function pairs(tasks: TaskSpec[]): string[] {
  return tasks.flatMap((task) => [task.name, encodeTask(task)]);
}
