import { isDeepStrictEqual } from 'node:util';
import {
  type AttemptId,
  type AttemptRecord,
  attemptOf,
  isFinished,
  type JobEnding,
  type JobPhase,
  type ReportSummary,
  type Settlement,
  type TaskCounts,
  type TaskResult,
  untriedResult,
} from '../../apis/index.ts';

/** The store did not take a write: somebody else has acted since it was decided on. */
export class StoreConflict extends Error {}

/**
 * The store's transitions of one job, as internal/store/ports.ts describes them. Two refusals are
 * missing on purpose, so that nothing stands behind the planner: `claim` knows no limit over all
 * jobs, and no write is fenced.
 */
export class StoreModel {
  total: number;
  phase: JobPhase = 'Running';
  readonly live = new Map<number, AttemptRecord>();
  readonly results = new Map<number, TaskResult>();
  readonly reports = new Map<number, ReportSummary>();
  /** Number of the attempt whose output lies there, by task. */
  readonly outputs = new Map<number, number>();
  /** Earlier attempts that are kept, and the attempt whose output was kept with each, by task. */
  readonly earlier = new Map<number, { attempt: number; output: number | undefined }[]>();
  ending: JobEnding | undefined;
  readonly #waiting = new Map<number, { next: AttemptRecord; notBefore: number }>();
  #cursor = 0;
  #succeeded = 0;
  #failed = 0;

  constructor(total: number) {
    this.total = total;
  }

  counts(): TaskCounts {
    return {
      total: this.total,
      pending: this.total - this.#cursor + this.#waiting.size,
      active: this.live.size,
      succeeded: this.#succeeded,
      failed: this.#failed,
      cancelled: 0,
    };
  }

  runnable(now: number): number {
    return this.total - this.#cursor + this.#due(now).length;
  }

  nextRetryAt(now: number): number | undefined {
    const later = [...this.#waiting.values()].filter(({ notBefore }) => notBefore > now);
    return later.length === 0 ? undefined : Math.min(...later.map(({ notBefore }) => notBefore));
  }

  addTask(): void {
    if (!isFinished(this.phase)) this.total++;
  }

  /** @returns the indices that became current. */
  claim(limit: number, now: number): number[] {
    if (isFinished(this.phase) || this.ending !== undefined) return [];
    const due = this.#due(now).slice(0, limit);
    for (const index of due) {
      const waiting = this.#waiting.get(index);
      if (waiting) {
        this.#keepLast(index, waiting.next);
        this.live.set(index, waiting.next);
      }
      this.#waiting.delete(index);
    }
    const fresh = Math.min(limit - due.length, this.total - this.#cursor);
    const first = this.#cursor;
    this.#cursor += fresh;
    const indices = Array.from({ length: fresh }, (_, i) => first + i);
    for (const index of indices) this.live.set(index, { attempt: 1, losses: 0, failures: 0 });
    return [...due, ...indices];
  }

  advance(index: number, from: AttemptRecord, to: AttemptRecord): AttemptRecord {
    this.#compare(index, from);
    this.live.set(index, to);
    return to;
  }

  recordVerdict(
    index: number,
    from: AttemptRecord,
    to: AttemptRecord,
    known: boolean,
  ): AttemptRecord {
    const report = this.reports.get(index);
    if (!known && report?.attempt === from.attempt) {
      const proves = report.refused === undefined || to.verdict?.outcome === 'Succeeded';
      if (proves) throw new StoreConflict();
    }
    return this.advance(index, from, to);
  }

  settle(index: number, from: AttemptRecord, settlement: Settlement): void {
    this.#compare(index, from);
    if (settlement.kind === 'replace') {
      this.#keepLast(index, settlement.next);
      this.live.set(index, settlement.next);
      return;
    }
    this.live.delete(index);
    if (settlement.kind === 'retry') this.#waiting.set(index, settlement);
    else this.#count(index, settlement.result, settlement.succeeded);
  }

  /** The result of a task, as it is shown once the job has finished. */
  resultOf(index: number): TaskResult | undefined {
    const next = this.#waiting.get(index)?.next;
    if (next?.last === undefined) return this.results.get(index);
    return untriedResult(next.last, { attempts: next.attempt - 1 }, 'the job ended');
  }

  complete(): void {
    if (this.ending !== undefined && this.live.size === 0) {
      this.phase = this.ending.phase;
      return;
    }
    if (this.total === 0 || this.#succeeded + this.#failed !== this.total) return;
    this.phase = this.#failed === 0 ? 'Complete' : 'Failed';
  }

  /**
   * @returns whether the report was stored: only the first one of a current, unjudged attempt is, and what
   *   was refused before does not stand in its way.
   */
  report({ index, attempt }: AttemptId, summary: ReportSummary): boolean {
    const record = this.live.get(index);
    if (record?.attempt !== attempt || record.verdict !== undefined) return false;
    const earlier = this.reports.get(index);
    const stands = earlier?.refused === undefined || summary.refused !== undefined;
    if (earlier?.attempt === attempt && stands) return false;
    this.reports.set(index, summary);
    this.outputs.set(index, attempt);
    return true;
  }

  /** Once for each: those that came to nothing hand on what was before them. */
  #keepLast(index: number, { last }: AttemptRecord): void {
    if (last === undefined) return;
    const kept = this.earlier.get(index) ?? [];
    const attempt = attemptOf(last);
    if ((kept.at(-1)?.attempt ?? 0) >= attempt) return;
    const output = last.output.stdout.bytes > 0 ? this.outputs.get(index) : undefined;
    this.earlier.set(index, [...kept, { attempt, output }]);
  }

  #compare(index: number, from: AttemptRecord): void {
    if (!isDeepStrictEqual(this.live.get(index), from)) throw new StoreConflict();
  }

  #count(index: number, result: TaskResult, succeeded: boolean): void {
    this.results.set(index, result);
    if (succeeded) this.#succeeded++;
    else this.#failed++;
  }

  #due(now: number): number[] {
    return [...this.#waiting].filter(([, task]) => task.notBefore <= now).map(([index]) => index);
  }
}
