import type { Path } from '../../apis/validation/index.ts';
import type { Caller } from '../access/caller.ts';
import { admit, quotaOf } from '../admission.ts';
import type { ApiOptions } from '../options.ts';
import { allTasks } from './jobs.ts';

/** The request has no body in which a field could stand. */
const nowhere = (): Path => [];

/** Makes the tasks of a finished job that did not succeed run again, if the policy lets it now. */
export function retryJob(options: Pick<ApiOptions, 'policy'>) {
  return async ({ jobs, catalog }: Caller, uid: string): Promise<void> => {
    const job = await jobs.getJob(uid);
    if (job !== undefined) {
      const tasks = await allTasks(catalog, uid);
      admit(options, job.metadata.namespace, { spec: job.spec, tasks }, nowhere);
    }
    await jobs.retryFailed(uid, job && quotaOf(options, job));
  };
}
