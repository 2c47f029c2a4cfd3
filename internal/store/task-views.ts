import type { AttemptRecord } from '../apis/index.ts';
import { decodeRecord, decodeResult, decodeTask } from './codec.ts';
import type { StoreConnection } from './connection.ts';
import type { TaskView, WaitingTask } from './ports.ts';
import { transact } from './transact.ts';

/** Tasks with their results, without their output; shorter at the end. All of them as they are at one moment. */
export async function readTaskViews(
  connection: StoreConnection,
  uid: string,
  { from, limit }: { from: number; limit: number },
): Promise<TaskView[]> {
  const job = connection.keys.job(uid);
  const fields = Array.from({ length: limit }, (_, i) => String(from + i));
  const replies = await connection.read((redis) => {
    const multi = redis.multi();
    for (const key of [job.tasks, job.live, job.progress, job.results]) multi.hmget(key, ...fields);
    return transact(multi);
  });
  const [tasks = [], live = [], progress = [], results = []] = replies as (string | null)[][];
  return tasks.flatMap((task, i) => {
    if (task === null) return [];
    const view: TaskView = { index: from + i, spec: decodeTask(task) };
    const [record, next, result] = [live[i], progress[i], results[i]];
    if (record) Object.assign(view, attemptOfRecord(decodeRecord(record)));
    if (next) view.waiting = waitingFor(decodeRecord(next));
    if (result) view.result = decodeResult(result);
    return [view];
  });
}

/** What was taken back before it was placed is no attempt that is told. */
function attemptOfRecord({ attempt, returned = 0 }: AttemptRecord) {
  return returned === 0 ? { attempt } : { attempt, attempts: attempt - returned };
}

/** @param next record of the attempt that is to come. */
function waitingFor({ attempt, returned = 0, losses, last }: AttemptRecord): WaitingTask {
  const waiting: WaitingTask = { attempts: attempt - 1 - returned, losses };
  if (returned > 0) waiting.number = attempt - 1;
  if (last !== undefined) waiting.last = last;
  return waiting;
}
