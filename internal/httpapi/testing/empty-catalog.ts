import type { ChangeLog, CronJobStore, JobCatalog } from '../../store/ports.ts';

/** Knows no names and sees no changes: those are tested on a real Redis, in `test/api`. */
export const emptyCatalog: JobCatalog & ChangeLog & CronJobStore = {
  findCronJob: async () => undefined,
  getCronJob: async () => undefined,
  listCronJobs: async () => ({ crons: [] }),
  lastAppliedCron: async () => undefined,
  putCronJob: async () => {},
  deleteCronJob: async () => {},
  readCronEvents: async () => [],
  findJob: async () => undefined,
  listJobs: async () => ({ jobs: [] }),
  listTasks: async () => [],
  earlierAttempts: async () => ({ kept: [], between: 0 }),
  lastApplied: async () => ({ edits: 0 }),
  version: async () => 0,
  keepsAfter: async () => true,
  changesAfter: async () => [],
  awaitChange: aborted,
  awaitEvent: (_uid, _after, signal) => aborted(0, signal),
};

function aborted(_version: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
