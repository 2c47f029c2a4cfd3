import type { Job, JobStatus } from '../../apis/index.ts';
import type { ObjectChange } from '../../store/ports.ts';
import type { SharedReads } from '../../store/shared-reads.ts';
import type { Caller } from '../access/caller.ts';
import { jobResource } from '../job-resource.ts';
import { type JobSelection, select } from './select-jobs.ts';
import type { Watched } from './watch-objects.ts';

/**
 * The jobs of a selection, to be watched.
 * @param reads shared by all who watch: only who may see a change comes to ask for its job.
 */
export function watchedJobs(
  { jobs, catalog, identity }: Caller,
  selection: JobSelection,
  reads: SharedReads<Job | undefined>,
): Watched<Job> {
  const { namespace, matches } = selection;
  return {
    kind: 'Job',
    ...(namespace === undefined ? {} : { namespace }),
    async list(page) {
      const { jobs: items, next } = await select(catalog, selection, page);
      return next === undefined ? { items } : { items, next };
    },
    // What a job shows depends on the role.
    read: (uid, version) => reads.get(`${identity.role} ${uid}@${version}`, () => jobs.getJob(uid)),
    asItWas,
    matches,
    resource: (job) => jobResource(job),
  };
}

function asItWas({ uid, meta, version, status }: ObjectChange, now: Job | undefined): Job {
  const known: Job = now ?? {
    metadata: { ...meta, uid, creationTimestamp: 0, resourceVersion: version },
    spec: { image: '', backoffLimit: 0, lossLimit: 0, outputLimitBytes: 0 },
    status: { phase: 'Running', counts: NO_TASKS, conditions: [] },
  };
  const latest = now?.metadata.resourceVersion === version;
  const before = status?.phase === 'Running' ? whileRunning(known.status) : known.status;
  return {
    ...known,
    metadata: { ...known.metadata, ...meta, resourceVersion: version },
    status: latest ? known.status : { ...before, ...status },
  };
}

/** What there was of a status before the job had ended: a change of then must not tell of the end. */
function whileRunning({ counts, startTime }: JobStatus): JobStatus {
  const started = startTime === undefined ? {} : { startTime };
  return { phase: 'Running', counts, conditions: [], ...started };
}

const NO_TASKS = { total: 0, pending: 0, active: 0, succeeded: 0, failed: 0, cancelled: 0 };
