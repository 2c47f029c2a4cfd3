import type { AttemptRecord, Settlement, TaskSpec } from '../apis/index.ts';
import {
  decodeJob,
  decodeRecord,
  decodeReport,
  decodeTask,
  encodeRecord,
  encodeResult,
} from './codec.ts';
import type { StoreConnection } from './connection.ts';
import { StoreError } from './errors.ts';
import { transact } from './job-store.ts';
import type { ClaimedTask, ControllerStore, CurrentAttempt, Fence, JobState } from './ports.ts';

type Change = { from: AttemptRecord; to: AttemptRecord };

/** What the controller may do. Every write carries the fence and names the record it replaces. */
export class RedisControllerStore implements ControllerStore {
  readonly #connection: StoreConnection;

  constructor(connection: StoreConnection) {
    this.#connection = connection;
  }

  storeId(): Promise<string> {
    return this.#connection.storeId();
  }

  reportKey(): Promise<Buffer> {
    return this.#connection.reportKey();
  }

  activeJobs(): Promise<string[]> {
    return this.#connection.read((redis) => redis.smembers(this.#connection.keys.activeJobs));
  }

  async loadJob(uid: string, now: number): Promise<JobState | undefined> {
    const keys = this.#connection.keys.job(uid);
    const [fields, live, waiting, due, next] = await this.#connection.read((redis) =>
      transact(
        redis
          .multi()
          .hgetall(keys.job)
          .hgetall(keys.live)
          .zcard(keys.waiting)
          .zcount(keys.waiting, '-inf', now)
          .zrangebyscore(keys.waiting, `(${now}`, '+inf', 'WITHSCORES', 'LIMIT', 0, 1),
      ),
    );
    const found = fields as Record<string, string>;
    if (Object.keys(found).length === 0) return undefined;
    const records = Object.entries(live as Record<string, string>);
    const size = { live: records.length, waiting: Number(waiting) };
    const job = decodeJob(uid, found, size);
    const nextRetry = (next as string[])[1];
    return {
      job,
      attempts: await this.#withReports(uid, records),
      runnable: job.status.counts.pending - size.waiting + Number(due),
      ...(nextRetry === undefined ? {} : { nextRetryAt: Number(nextRetry) }),
    };
  }

  /** Reports are read after the records, so that none of a later attempt is taken for an earlier one's. */
  async #withReports(uid: string, records: [string, string][]): Promise<CurrentAttempt[]> {
    if (records.length === 0) return [];
    const key = this.#connection.keys.job(uid).reports;
    const reports = await this.#connection.read((redis) =>
      redis.hmget(key, ...records.map(([index]) => index)),
    );
    return records.map(([index, text], i) => {
      const attempt = { index: Number(index), record: decodeRecord(text) };
      const report = reports[i];
      return report ? { ...attempt, report: decodeReport(report) } : attempt;
    });
  }

  async readTask(uid: string, index: number): Promise<TaskSpec> {
    const key = this.#connection.keys.job(uid).tasks;
    const text = await this.#connection.read((redis) => redis.hget(key, String(index)));
    if (text === null) throw new StoreError('NotFound', `job ${uid} has no task ${index}`);
    return decodeTask(text);
  }

  async claimTasks(
    fence: Fence,
    uid: string,
    { limit, maxConcurrent, now }: { limit: number; maxConcurrent: number; now: number },
  ): Promise<ClaimedTask[]> {
    const { keys } = this.#connection;
    const job = keys.job(uid);
    const values = await this.#connection.transition(
      'claim',
      [keys.lease, job.job, job.live, job.waiting, job.progress, keys.slots],
      [fence.token, limit, maxConcurrent, now],
    );
    const claimed: ClaimedTask[] = [];
    for (let i = 0; i + 1 < values.length; i += 2) {
      claimed.push({ index: Number(values[i]), record: decodeRecord(values[i + 1] ?? '') });
    }
    return claimed;
  }

  advanceAttempt(fence: Fence, uid: string, index: number, change: Change): Promise<void> {
    return this.#advance(fence, uid, index, change, ['']);
  }

  recordVerdict(fence: Fence, uid: string, index: number, change: Change): Promise<void> {
    const knowsReport = change.to.verdict?.source === 'report';
    return this.#advance(fence, uid, index, change, [knowsReport ? '' : 'no-report']);
  }

  storeOutput(
    fence: Fence,
    uid: string,
    index: number,
    change: Change & { stdout: Buffer; stderr: Buffer },
  ): Promise<void> {
    return this.#advance(fence, uid, index, change, ['', change.stdout, change.stderr]);
  }

  async #advance(
    fence: Fence,
    uid: string,
    index: number,
    { from, to }: Change,
    rest: (string | Buffer)[],
  ): Promise<void> {
    const { keys } = this.#connection;
    const job = keys.job(uid);
    await this.#connection.transition(
      'advance',
      [keys.lease, job.live, job.reports, job.stdout, job.stderr],
      [fence.token, index, encodeRecord(from), encodeRecord(to), ...rest],
    );
  }

  async settleAttempt(
    fence: Fence,
    uid: string,
    index: number,
    { from, settlement }: { from: AttemptRecord; settlement: Settlement },
  ): Promise<void> {
    const { keys } = this.#connection;
    const job = keys.job(uid);
    await this.#connection.transition(
      'settle',
      [keys.lease, job.job, job.live, job.results, job.waiting, job.progress, keys.slots],
      [fence.token, index, encodeRecord(from), ...settlementArguments(settlement)],
    );
  }

  async completeJob(fence: Fence, uid: string, now: number): Promise<boolean> {
    const { keys } = this.#connection;
    const job = keys.job(uid);
    try {
      await this.#connection.transition(
        'complete',
        [keys.lease, job.job, keys.activeJobs, job.callback, keys.outbox],
        [fence.token, uid, now],
      );
      return true;
    } catch (error) {
      if (error instanceof StoreError && error.code === 'NotDone') return false;
      throw error;
    }
  }

  async isCurrent(uid: string, index: number, attempt: number): Promise<boolean> {
    const key = this.#connection.keys.job(uid).live;
    const text = await this.#connection.read((redis) => redis.hget(key, String(index)));
    return text !== null && decodeRecord(text).attempt === attempt;
  }
}

function settlementArguments(settlement: Settlement): (string | number)[] {
  switch (settlement.kind) {
    case 'final':
      return [settlement.succeeded ? 'succeeded' : 'failed', encodeResult(settlement.result), 0];
    case 'replace':
      return ['replace', encodeRecord(settlement.next), 0];
    case 'retry':
      return ['retry', encodeRecord(settlement.next), settlement.notBefore];
  }
}
