import {
  type AttemptRecord,
  type Condition,
  isFinished,
  JOB_PHASES,
  type Job,
  type JobPhase,
  type JobSpec,
  type ReportSummary,
  type TaskCounts,
  type TaskResult,
  type TaskSpec,
} from '../apis/index.ts';
import { StoreError } from './errors.ts';

/** A task in Redis: short member names, because there may be a million of them. */
export function encodeTask(task: TaskSpec): string {
  return JSON.stringify({ n: task.name, a: task.args });
}

export function decodeTask(text: string): TaskSpec {
  const task = decode<{ n: string; a: string[] }>('task', text);
  return { name: task.n, args: task.a };
}

/** The exact text matters: transitions compare it. Parsing and writing it again gives the same text. */
export const encodeRecord = (record: AttemptRecord): string => JSON.stringify(record);
export const decodeRecord = (text: string): AttemptRecord => decode('attempt', text);
export const encodeReport = (report: ReportSummary): string => JSON.stringify(report);
export const decodeReport = (text: string): ReportSummary => decode('report', text);
export const encodeResult = (result: TaskResult): string => JSON.stringify(result);
export const decodeResult = (text: string): TaskResult => decode('result', text);

/** @throws StoreError `Corrupt` when the fields are not those of a job. */
export function decodeJob(
  uid: string,
  fields: Record<string, string>,
  size: { live: number; waiting: number },
): Job {
  const phase = JOB_PHASES.find((known) => known === fields['phase']);
  if (phase === undefined) throw corrupt('job', `phase ${fields['phase']}`);
  const total = count(fields, 'total');
  const counts = {
    total,
    pending: total - count(fields, 'cursor') + size.waiting,
    active: size.live,
    succeeded: count(fields, 'succeeded'),
    failed: count(fields, 'failed'),
  };
  const finished = fields['finished'] === undefined ? undefined : count(fields, 'finished');
  return {
    metadata: { uid, creationTimestamp: count(fields, 'created') },
    spec: decode<JobSpec>('spec', fields['spec'] ?? ''),
    status: {
      phase,
      counts,
      conditions: conditions(phase, counts, finished ?? 0),
      ...(finished === undefined ? {} : { finishedAt: finished }),
    },
  };
}

/** The conditions follow from phase and counts, so they are not stored beside them. */
function conditions(phase: JobPhase, counts: TaskCounts, at: number): Condition[] {
  if (!isFinished(phase)) return [];
  const done = { status: 'True', lastTransitionTime: at } as const;
  return phase === 'Complete'
    ? [
        {
          ...done,
          type: 'Complete',
          reason: 'TasksSucceeded',
          message: `${counts.total} of ${counts.total} tasks succeeded`,
        },
      ]
    : [
        {
          ...done,
          type: 'Failed',
          reason: 'TasksFailed',
          message: `${counts.failed} of ${counts.total} tasks did not succeed`,
        },
      ];
}

function count(fields: Record<string, string>, name: string): number {
  const value = Number(fields[name] ?? Number.NaN);
  if (!Number.isFinite(value)) throw corrupt('job', `${name} ${fields[name]}`);
  return value;
}

function decode<T>(what: string, text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw corrupt(what, text.slice(0, 80), error);
  }
}

function corrupt(what: string, found: string, cause?: unknown): StoreError {
  return new StoreError('Corrupt', `a ${what} record in Redis cannot be read: ${found}`, [], cause);
}
