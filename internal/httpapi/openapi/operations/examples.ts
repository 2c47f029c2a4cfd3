/** Bodies as users write them; tests check them against what the API takes. */
export const JOB = {
  apiVersion: 'swarmer/v1',
  kind: 'Job',
  metadata: { name: 'report', labels: { app: 'sales' } },
  spec: {
    image: 'alpine:3.20',
    tasks: [
      { name: 'north', command: ['echo', 'north'] },
      { name: 'south', command: ['echo', 'south'] },
    ],
    parallelism: 2,
    backoffLimit: 3,
  },
};

export const CRON_JOB = {
  apiVersion: 'swarmer/v1',
  kind: 'CronJob',
  metadata: { name: 'nightly' },
  spec: {
    schedule: '0 3 * * *',
    timeZone: 'Europe/Berlin',
    concurrencyPolicy: 'Forbid',
    jobTemplate: { spec: { image: 'alpine:3.20', command: ['date'], completions: 1 } },
  },
};

export const SUBMISSION = {
  image_name: 'alpine:3.20',
  callback_url: null,
  tasks: [{ task_name: 'one', task_args: ['echo', 'hello'] }],
};

export const MORE_TASKS = { tasks: [{ task_name: 'two', task_args: ['echo', 'again'] }] };

export const REPORT = {
  task_name: 'one',
  task_status: 0,
  task_result: { stdout: 'hello\n', stderr: '' },
};
