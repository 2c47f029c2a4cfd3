import { decodeRecord, decodeResult, decodeTask } from './codec.ts';
import type { StoreConnection } from './connection.ts';
import type { TaskView } from './ports.ts';

/** Tasks with their results, without their output; shorter at the end. */
export async function readTaskViews(
  connection: StoreConnection,
  uid: string,
  { from, limit }: { from: number; limit: number },
): Promise<TaskView[]> {
  const job = connection.keys.job(uid);
  const fields = Array.from({ length: limit }, (_, i) => String(from + i));
  const [tasks, live, results] = await connection.read((redis) =>
    Promise.all([
      redis.hmget(job.tasks, ...fields),
      redis.hmget(job.live, ...fields),
      redis.hmget(job.results, ...fields),
    ]),
  );
  return tasks.flatMap((task, i) => {
    if (task === null) return [];
    const view: TaskView = { index: from + i, spec: decodeTask(task) };
    const [record, result] = [live[i], results[i]];
    if (record) view.attempt = decodeRecord(record).attempt;
    if (result) view.result = decodeResult(result);
    return [view];
  });
}
