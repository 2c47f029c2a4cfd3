import type { TaskSpec } from '../apis/index.ts';
import { encodeTask } from './codec.ts';
import type { Keys } from './keys.ts';
import type { StoredMeta } from './ports.ts';

/** The keys that accepting a job needs, in the order of `keys_of_job` in `lua/include/accept.lua`. */
export function acceptKeys(
  keys: Keys,
  uid: string,
  { namespace, ownerReference }: StoredMeta,
): string[] {
  const job = keys.job(uid);
  return [
    ...[job.job, job.tasks, job.names, keys.activeJobs, keys.changes, job.events],
    ...[job.live, job.waiting, keys.versions, keys.watch],
    ...[keys.allJobs, keys.jobsIn(namespace), keys.jobNames(namespace)],
    keys.cron(ownerReference?.uid ?? '').jobs,
  ];
}

/** Tasks as scripts take them: name, task, name, task, … */
export function taskPairs(tasks: readonly TaskSpec[]): string[] {
  return tasks.flatMap((task) => [task.name, encodeTask(task)]);
}
