import {
  attemptOf,
  type LogVerdict,
  logReason,
  newestOf,
  type OutputSummary,
  type StreamSummary,
  type TaskResult,
  type Verdict,
} from '../apis/index.ts';
import type { TaskView } from '../store/ports.ts';
import { decodeOutput } from './text.ts';

/** What became of a task's log. `pending`: the task has not ended, so nothing was read yet. */
export type LogState = LogVerdict['state'] | 'pending';

/** A task's output on the wire. A stream of which nothing is known is null, never an empty string. */
export interface ResultBody {
  stdout: string | null;
  stderr: string | null;
  /** Bytes the task wrote, also those that were not kept. */
  stdout_bytes: number | null;
  stderr_bytes: number | null;
  /** True when of either stream only the last bytes were kept. */
  truncated: boolean;
  log: LogState;
  /** Why the log is `partial` or `unavailable`; absent otherwise. */
  log_reason?: string;
}

/** One entry of `tasks` on the wire. */
export interface TaskBody {
  name: string;
  /** The process's exit status; null while it runs and where no process ran to its end. */
  status: number | null;
  args: string[];
  result: ResultBody;
  reason?: string;
  message?: string;
  /** Attempts so far, the current one included. */
  attempts: number;
  /** ISO 8601 in UTC. */
  started_at: string | null;
  finished_at: string | null;
  /** Of a task that waits for its next attempt: what the last one came to. */
  last_attempt?: LastAttemptBody;
}

/** What the last attempt of an unfinished task came to. */
export type LastAttemptBody = Pick<
  TaskBody,
  'status' | 'result' | 'reason' | 'message' | 'started_at' | 'finished_at'
> & { attempt: number };

const MAX_DATE_MS = 8.64e15;

/**
 * One task in the form that the callback and `GET /status/<id>` share. Pure.
 * @param finished true when the job is: a task without a result will get none then.
 */
export function taskBody(task: TaskView, finished = false): TaskBody {
  const never = finished && task.result === undefined;
  return {
    name: task.spec.name,
    status: task.result?.verdict.exitStatus ?? null,
    args: task.spec.args,
    result: never ? neverRan(task) : resultBody(task),
    ...(never ? { reason: 'Cancelled' } : explanation(task.result?.verdict)),
    attempts: attemptsOf(task),
    ...timesOf(task.result),
    ...(finished ? {} : lastAttempt(task)),
  };
}

/** Attempts of a task so far, the current one included. */
export function attemptsOf({ result, attempts, attempt, waiting }: TaskView): number {
  return result?.attempts ?? attempts ?? attempt ?? waiting?.attempts ?? 0;
}

/** Number of the newest attempt of a task; 0 before the first. */
export function newestAttempt({ result, attempt, waiting }: TaskView): number {
  const over = result ?? waiting;
  if (result === undefined && attempt !== undefined) return attempt;
  return over === undefined ? 0 : newestOf(over);
}

function timesOf(result: TaskResult | undefined) {
  return {
    started_at: isoTime(result?.verdict.startedAt),
    finished_at: isoTime(result?.verdict.finishedAt),
  };
}

function lastAttempt({ waiting, ...task }: TaskView): { last_attempt?: LastAttemptBody } {
  const last = waiting?.last;
  if (last === undefined) return {};
  const last_attempt = {
    attempt: attemptOf(last),
    status: last.verdict.exitStatus,
    result: resultBody({ ...task, result: last }),
    ...explanation(last.verdict),
    ...timesOf(last),
  };
  return { last_attempt };
}

/** A null status always has a reason: where the verdict names none, its outcome stands in. */
function explanation(verdict: Verdict | undefined): { reason?: string; message?: string } {
  if (verdict === undefined) return {};
  const reason = verdict.reason ?? (verdict.exitStatus === null ? verdict.outcome : undefined);
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(verdict.message === undefined ? {} : { message: verdict.message }),
  };
}

function resultBody(task: TaskView): ResultBody {
  if (task.result === undefined) return unknownResult({ log: 'pending' });
  const { output } = task.result;
  if (task.stdout === undefined || task.stderr === undefined) {
    return unknownResult({ log: 'unavailable', log_reason: missingReason(output) });
  }
  return knownResult(output, task.stdout, task.stderr);
}

function knownResult(output: OutputSummary, stdout: Buffer, stderr: Buffer): ResultBody {
  const unread = output.log.state === 'unavailable';
  const out = streamBody(output.stdout, stdout, unread);
  const err = streamBody(output.stderr, stderr, unread);
  const log_reason = logReason(output.log);
  return {
    stdout: out.text,
    stderr: err.text,
    stdout_bytes: out.bytes,
    stderr_bytes: err.bytes,
    truncated: output.stdout.truncated || output.stderr.truncated,
    log: output.log.state,
    ...(log_reason === undefined ? {} : { log_reason }),
  };
}

/** What a log gave before it broke off is shown; nothing at all is shown as null. */
function streamBody(summary: StreamSummary, bytes: Buffer, unread: boolean) {
  if (unread && bytes.length === 0) return { text: null, bytes: null };
  return { text: decodeOutput(bytes, summary.truncated), bytes: summary.bytes };
}

function neverRan(task: TaskView): ResultBody {
  const log_reason =
    attemptsOf(task) === 0
      ? 'the job ended before the task was started'
      : 'the job ended before the task was tried again, and of its last attempt nothing is known';
  return unknownResult({ log: 'unavailable', log_reason });
}

function unknownResult(log: Pick<ResultBody, 'log' | 'log_reason'>): ResultBody {
  const unknown = { stdout: null, stderr: null, stdout_bytes: null, stderr_bytes: null };
  return { ...unknown, truncated: false, ...log };
}

function missingReason(output: OutputSummary): string {
  return output.log.state === 'unavailable'
    ? output.log.reason
    : 'The stored output of this task is missing.';
}

/** A record's time that no calendar knows must not stop the delivery of all the rest. */
function isoTime(ms: number | undefined): string | null {
  if (ms === undefined || !(Math.abs(ms) <= MAX_DATE_MS)) return null;
  return new Date(ms).toISOString();
}
