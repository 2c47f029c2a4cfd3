import type { Job } from '../apis/index.ts';
import { decodeJob } from './codec.ts';
import type { StoreConnection } from './connection.ts';
import { StoreError } from './errors.ts';
import { pairsOf } from './pairs.ts';

/** Jobs that are read in one script: about a millisecond of Redis. */
const AT_ONE_TIME = 100;

/** How a record is read: the job; undefined when there is none. @throws StoreError `Corrupt`. */
export type JobOf = () => Job | undefined;

/** Reads jobs, each as it is at one moment, in the order of `uids`. */
export async function readJobs(
  connection: StoreConnection,
  uids: readonly string[],
): Promise<JobOf[]> {
  const jobs: JobOf[] = [];
  for (let at = 0; at < uids.length; at += AT_ONE_TIME) {
    const some = uids.slice(at, at + AT_ONE_TIME);
    const keys = some.flatMap((uid) => {
      const { job, live, waiting } = connection.keys.job(uid);
      return [job, live, waiting];
    });
    const reply = await connection.reply('read_jobs', keys, []);
    if (!Array.isArray(reply)) throw new StoreError('Corrupt', 'a script replied with no list');
    for (const [i, uid] of some.entries()) {
      const [fields, live, waiting] = reply.slice(3 * i, 3 * i + 3);
      jobs.push(() => jobOf(uid, fields as string[], Number(live), Number(waiting)));
    }
  }
  return jobs;
}

function jobOf(uid: string, fields: string[], live: number, waiting: number): Job | undefined {
  if (fields.length === 0) return undefined;
  return decodeJob(uid, Object.fromEntries(pairsOf(fields)), { live, waiting });
}
