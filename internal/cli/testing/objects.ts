import type { Counts, CronJob, Job, JobStatus, Metadata, Task } from '../resources.ts';

/** The time that tests' clocks show. */
export const NOW = Date.UTC(2026, 0, 2, 12, 0, 0);

/** ISO time so many seconds before {@link NOW}. */
export function ago(seconds: number): string {
  return new Date(NOW - seconds * 1000).toISOString();
}

type JobOptions = Partial<Omit<Metadata, 'name'>> & {
  spec?: Partial<Job['spec']>;
  phase?: JobStatus['phase'];
  counts?: Partial<Counts>;
  status?: Partial<JobStatus>;
};

/** A job that runs its one task, unless told otherwise. */
export function job(name: string, options: JobOptions = {}): Job {
  const { spec, phase = 'Running', counts, status, ...metadata } = options;
  return {
    apiVersion: 'swarmer/v1',
    kind: 'Job',
    metadata: metadataOf(name, metadata),
    spec: { ...SPEC, completions: 1, ...spec },
    status: { phase, counts: { ...NO_COUNTS, ...counts }, conditions: [], ...status },
  };
}

const SPEC = { image: 'alpine:3.20', backoffLimit: 3, lossLimit: 10, outputLimitBytes: 1_048_576 };

const NO_COUNTS: Counts = {
  total: 0,
  pending: 0,
  active: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
};

type CronJobOptions = Partial<Omit<Metadata, 'name'>> & {
  spec?: Partial<CronJob['spec']>;
  status?: Partial<CronJob['status']>;
};

/** A cron job that has not yet made a job, unless told otherwise. */
export function cronJob(name: string, options: CronJobOptions = {}): CronJob {
  const { spec, status, ...metadata } = options;
  return {
    apiVersion: 'swarmer/v1',
    kind: 'CronJob',
    metadata: metadataOf(name, metadata),
    spec: {
      schedule: '*/5 * * * *',
      timeZone: 'UTC',
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      jobTemplate: { spec: SPEC },
      ...spec,
    },
    status: { active: [], ...status },
  };
}

function metadataOf(name: string, given: Partial<Metadata>): Metadata {
  return {
    namespace: 'default',
    name,
    uid: `01J${name
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, '')
      .padEnd(23, '0')}`,
    resourceVersion: '1',
    creationTimestamp: ago(125),
    ...given,
  };
}

/** A task that waits, unless told otherwise. */
export function task(index: number, options: Partial<Task> = {}): Task {
  const waiting = { phase: 'Pending', attempts: 0, losses: 0, exitStatus: null } as const;
  return { index, name: String(index), ...waiting, ...options };
}
