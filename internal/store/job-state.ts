import { decodeJob, decodeRecord, decodeReport } from './codec.ts';
import { pairsOf } from './pairs.ts';
import type { CurrentAttempt, JobState } from './ports.ts';

/** What `load_job` replies with of a job that is there. */
type Loaded = [
  fields: string[],
  live: string[],
  waiting: number,
  due: number,
  next: string[],
  reports: (string | null)[],
];

/**
 * @param reply of `load_job`.
 * @returns undefined when there is no such job.
 * @throws StoreError `Corrupt`
 */
export function decodeJobState(uid: string, reply: unknown): JobState | undefined {
  if (Array.isArray(reply) && reply.length === 0) return undefined;
  const [fields, live, waiting, due, next, reports] = reply as Loaded;
  const attempts = pairsOf(live);
  const size = { live: attempts.length, waiting };
  const job = decodeJob(uid, Object.fromEntries(pairsOf(fields)), size);
  const nextRetry = next[1];
  return {
    job,
    attempts: attempts.map(([index, record], i) => attemptOf(index, record, reports[i])),
    runnable: job.status.counts.pending - waiting + due,
    ...(nextRetry === undefined ? {} : { nextRetryAt: Number(nextRetry) }),
  };
}

/** A report may be that of an earlier attempt, but of none that is younger than the record. */
function attemptOf(index: string, text: string, report?: string | null): CurrentAttempt {
  const attempt = { index: Number(index), record: decodeRecord(text) };
  return report ? { ...attempt, report: decodeReport(report) } : attempt;
}
