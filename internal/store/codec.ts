import {
  type AttemptRecord,
  type Condition,
  type EarlierAttempts,
  isFinished,
  JOB_PHASES,
  type Job,
  type JobEnding,
  type JobImage,
  type JobMetadata,
  type JobPhase,
  type JobSpec,
  type ObjectMeta,
  ownName,
  type ReportSummary,
  type TaskCounts,
  type TaskResult,
  type TaskSpec,
} from '../apis/index.ts';
import { StoreError } from './errors.ts';

/** A task in Redis: short member names, because there may be a million of them. */
export function encodeTask(task: TaskSpec): string {
  const { name, args, ...own } = task;
  return JSON.stringify(
    Object.keys(own).length === 0 ? { n: name, a: args } : { n: name, a: args, o: own },
  );
}

export function decodeTask(text: string): TaskSpec {
  const { n, a, o } = decode<{ n: string; a: string[]; o?: object }>('task', text);
  return { name: n, args: a, ...o };
}

/** The exact text matters: transitions compare it. Parsing and writing it again gives the same text. */
export const encodeRecord = (record: AttemptRecord): string => JSON.stringify(record);
export const decodeRecord = (text: string): AttemptRecord => decode('attempt', text);
export const encodeReport = (report: ReportSummary): string => JSON.stringify(report);
export const decodeReport = (text: string): ReportSummary => decode('report', text);
export const encodeResult = (result: TaskResult): string => JSON.stringify(result);
export const decodeResult = (text: string): TaskResult => decode('result', text);
/** Written by `lua/include/attempts.lua`. */
export const decodeEarlier = (text: string): EarlierAttempts => decode('list of attempts', text);

/** Where stdout and stderr of an earlier attempt are kept. */
export function earlierOutputFields(index: number | string, attempt: number): [string, string] {
  return [`${index}:${attempt}:stdout`, `${index}:${attempt}:stderr`];
}

/** @throws StoreError `Corrupt` when the fields are not those of a job. */
export function decodeJob(
  uid: string,
  fields: Record<string, string>,
  size: { live: number; waiting: number },
): Job {
  const phase = JOB_PHASES.find((known) => known === fields['phase']);
  if (phase === undefined) throw corrupt('job', `phase ${fields['phase']}`);
  const counts = countsOf(fields, size, isFinished(phase));
  const finished = optional(fields, 'finished');
  const startTime = optional(fields, 'started');
  const suspendedAt = fields['suspend'] === '1' ? optional(fields, 'suspended') : undefined;
  const suspendedMs = optional(fields, 'paused');
  const failedBefore = optional(fields, 'failedBefore');
  const ending = decodeEnding(fields['ending']);
  const spec = decode<JobSpec>('spec', fields['spec'] ?? '');
  const image = imageOf(spec, fields);
  const deletionTimestamp = optional(fields, 'delete');
  const { predecessor } = fields;
  return {
    metadata: {
      ...decodeMeta(uid, fields['meta']),
      uid,
      resourceVersion: optional(fields, 'version') ?? 0,
      creationTimestamp: count(fields, 'created'),
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
      generation: 1 + (optional(fields, 'generation') ?? 0),
    },
    spec: {
      ...spec,
      ...(fields['suspend'] === '1' ? { suspend: true } : {}),
      ...(fields['cancel'] === '1' ? { cancel: true } : {}),
    },
    status: {
      phase,
      counts,
      conditions: conditions(phase, counts, ending, finished ?? 0),
      ...(finished === undefined ? {} : { finishedAt: finished }),
      ...(startTime === undefined ? {} : { startTime }),
      ...(suspendedAt === undefined ? {} : { suspendedAt }),
      ...(suspendedMs === undefined ? {} : { suspendedMs }),
      ...(failedBefore === undefined ? {} : { failedBefore }),
      ...(predecessor === undefined ? {} : { predecessor }),
      ...(image === undefined ? {} : { image }),
      ...(ending === undefined ? {} : { ending }),
    },
  };
}

/** What its attempts run: by the digest that was stored, else by tag once that was noted. */
function imageOf(spec: JobSpec, fields: Record<string, string>): JobImage | undefined {
  const { image: reference, bytag } = fields;
  if (reference !== undefined) return { reference, pinned: true };
  return bytag === undefined ? undefined : { reference: spec.image, pinned: false };
}

/** What of a job's metadata is stored as one text. */
export type StoredMeta = ObjectMeta & Pick<JobMetadata, 'ownerReference'>;

/** @param text null for a job of the previous version, which had no name of its own. */
export function decodeMeta(uid: string, text: string | null | undefined): StoredMeta {
  return text ? decode<StoredMeta>('metadata', text) : ownName(uid);
}

/** What a job that is finished has neither counted nor left waiting was cancelled. */
export function countsOf(
  fields: Record<string, string>,
  size: { live: number; waiting: number },
  finished: boolean,
): TaskCounts {
  const total = count(fields, 'total');
  const succeeded = count(fields, 'succeeded');
  const failed = count(fields, 'failed');
  if (finished) {
    return {
      total,
      pending: 0,
      active: 0,
      succeeded,
      failed,
      cancelled: total - succeeded - failed,
    };
  }
  const pending = total - count(fields, 'cursor') + size.waiting;
  const cancelled = optional(fields, 'cancelled') ?? 0;
  return { total, pending, active: size.live, succeeded, failed, cancelled };
}

/** The conditions follow from phase, counts and ending, so they are not stored beside them. */
function conditions(
  phase: JobPhase,
  counts: TaskCounts,
  ending: JobEnding | undefined,
  at: number,
): Condition[] {
  if (phase === 'Running') return [];
  const done = { type: phase, status: 'True', lastTransitionTime: at } as const;
  if (ending !== undefined) return [{ ...done, reason: ending.reason, message: ending.message }];
  const { total, succeeded } = counts;
  return phase === 'Complete'
    ? [{ ...done, reason: 'TasksSucceeded', message: `${succeeded} of ${total} tasks succeeded` }]
    : [
        {
          ...done,
          reason: 'TasksFailed',
          message: `${total - succeeded} of ${total} tasks did not succeed`,
        },
      ];
}

function decodeEnding(text: string | undefined): JobEnding | undefined {
  return text === undefined ? undefined : decode<JobEnding>('ending', text);
}

function optional(fields: Record<string, string>, name: string): number | undefined {
  return fields[name] === undefined ? undefined : count(fields, name);
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
