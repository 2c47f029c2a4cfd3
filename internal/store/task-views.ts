import {
  type AttemptRecord,
  type TaskResult,
  unavailableOutput,
  untriedResult,
} from '../apis/index.ts';
import { decodeRecord, decodeResult, decodeTask } from './codec.ts';
import type { StoreConnection } from './connection.ts';
import type { TaskView, WaitingTask } from './ports.ts';

/** Tasks with their results, without their output; shorter at the end. */
export async function readTaskViews(
  connection: StoreConnection,
  uid: string,
  { from, limit }: { from: number; limit: number },
): Promise<TaskView[]> {
  const job = connection.keys.job(uid);
  const fields = Array.from({ length: limit }, (_, i) => String(from + i));
  // In the order in which a task goes on: one that is claimed or counted meanwhile is seen twice. One that
  // is to wait again could be missed, but for these being sent, and carried out, in one go.
  const [total, tasks, progress, live, results] = await connection.read((redis) =>
    Promise.all([
      redis.hget(job.job, 'total'),
      redis.hmget(job.tasks, ...fields),
      redis.hmget(job.progress, ...fields),
      redis.hmget(job.live, ...fields),
      redis.hmget(job.results, ...fields),
    ]),
  );
  return tasks.flatMap((task, i) => {
    // Behind its total there may be tasks that are being added, and are none of its own yet.
    if (task === null || from + i >= Number(total)) return [];
    const view: TaskView = { index: from + i, spec: decodeTask(task) };
    const current = live[i] ? decodeRecord(live[i]) : undefined;
    const next = progress[i] ? decodeRecord(progress[i]) : undefined;
    const result = resultBeside(results[i], current ?? next);
    if (result !== undefined) view.result = result;
    if (current !== undefined) Object.assign(view, attemptOfRecord(current));
    else if (next !== undefined && result === undefined) Object.assign(view, withoutAttempt(next));
    return [view];
  });
}

/**
 * A retry of many tasks leaves their results where they are: one of an attempt before that which is current, or
 * to come, is old.
 */
function resultBeside(
  text: string | null | undefined,
  record: AttemptRecord | undefined,
): TaskResult | undefined {
  if (!text) return undefined;
  const result = decodeResult(text);
  const isOld = record !== undefined && (result.number ?? result.attempts) < record.attempt;
  return isOld ? undefined : result;
}

/** @param next record of the attempt that is to come; of a task that is parked it does not. */
function withoutAttempt(next: AttemptRecord): Pick<TaskView, 'waiting' | 'result'> {
  const waiting = waitingFor(next);
  return next.parked ? { result: resultOfParked(waiting) } : { waiting };
}

function resultOfParked(waiting: WaitingTask): TaskResult {
  const { last, attempts, losses } = waiting;
  if (last !== undefined) return untriedResult(last, waiting, 'the job ended');
  const verdict = { outcome: 'Cancelled', exitStatus: null, source: 'controller' } as const;
  const output = unavailableOutput('the job ended before the task was started');
  return { verdict, output, attempts, losses };
}

/** What was taken back before it was placed is no attempt that is told. */
function attemptOfRecord({ attempt, returned = 0 }: AttemptRecord) {
  return returned === 0 ? { attempt } : { attempt, attempts: attempt - returned };
}

function waitingFor({ attempt, returned = 0, losses, last }: AttemptRecord): WaitingTask {
  const waiting: WaitingTask = { attempts: attempt - 1 - returned, losses };
  if (returned > 0) waiting.number = attempt - 1;
  if (last !== undefined) waiting.last = last;
  return waiting;
}
