import type { FieldTable } from './table.ts';

export const CRON_JOB_SPEC: FieldTable = {
  type: 'CronJobSpec',
  converted: [
    'schedule',
    'timeZone',
    'startingDeadlineSeconds',
    'concurrencyPolicy',
    'suspend',
    'jobTemplate',
    'successfulJobsHistoryLimit',
    'failedJobsHistoryLimit',
  ],
  dropped: {},
};

export const JOB_TEMPLATE: FieldTable = {
  type: 'JobTemplateSpec',
  converted: ['metadata', 'spec'],
  dropped: {},
};
