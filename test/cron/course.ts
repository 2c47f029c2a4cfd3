import type { CronJobSpec } from '../../internal/apis/index.ts';
import type { Duration } from '../../internal/cron/testing/expected.ts';
import { SPEC } from '../store/harness.ts';

/** A cron job of a test, and how long its jobs run. */
export interface Course {
  name: string;
  spec: CronJobSpec;
  duration: Duration;
}

/** A cron job whose jobs have one task. */
export function cronSpec(spec: Partial<CronJobSpec>): CronJobSpec {
  return {
    ...{ schedule: '@daily', timeZone: 'UTC', concurrencyPolicy: 'Allow' },
    ...{ successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 },
    jobTemplate: { spec: SPEC, tasks: [{ name: 'only', args: [] }] },
    ...spec,
  };
}
