import type { Identity } from '../../access/index.ts';
import type { CronJobStore, JobApplier, JobCatalog, LogReader } from '../../store/ports.ts';
import type { Trail } from '../access/audit.ts';
import type { ApiStores } from '../options.ts';
import type { RequestTrace } from '../request-trace.ts';
import { Admission } from './admission.ts';
import { ScopedCatalog } from './scoped-catalog.ts';
import { ScopedChanges } from './scoped-changes.ts';
import { ScopedCrons } from './scoped-crons.ts';
import { ScopedJobs, type UserJobs } from './scoped-jobs.ts';
import { ScopedLogs } from './scoped-logs.ts';

/** What a request may read and write: the objects of its caller's namespaces, and no others. */
export interface ScopedStores {
  readonly jobs: UserJobs;
  readonly applier: JobApplier;
  readonly catalog: JobCatalog;
  readonly crons: CronJobStore;
  readonly changes: ScopedChanges;
  readonly logs: LogReader;
}

/** What keeps track of a request. */
export interface Followed {
  trace: RequestTrace;
  /** Of a write: what it is about is noted there. */
  trail?: Trail;
}

/** The stores as they are for one request. */
export function scopedStores(
  stores: ApiStores,
  identity: Identity,
  { trace, trail }: Followed,
): ScopedStores {
  const admission = new Admission(identity, stores.jobs, trail);
  const jobs = new ScopedJobs(stores.jobs, stores.applier, admission, trace);
  return {
    jobs,
    applier: jobs,
    catalog: new ScopedCatalog(stores.catalog, admission),
    crons: new ScopedCrons(stores.crons, admission),
    changes: new ScopedChanges(stores.changes, admission),
    logs: new ScopedLogs(stores.logs, admission),
  };
}
