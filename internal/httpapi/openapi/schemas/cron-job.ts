import { type JsonSchema, manifestSchemas } from '../../../apis/validation/index.ts';
import { answered, list, memberOf, object, oneOf, ref, text, time, withMember } from './schema.ts';

const CronJobStatus = object(
  'How the cron job stands.',
  {
    active: list(
      object('A job.', { name: text('Its name.'), uid: text('Its uid.') }),
      'Its jobs that are not finished.',
    ),
  },
  {
    lastScheduleTime: time('The last tick that was decided: started, or skipped.'),
    nextScheduleTime: time('The next tick; absent while it is suspended.'),
    lastSuccessfulTime: time('When the last of its jobs to complete did.'),
  },
);

/** The members that are filled in where a manifest does not give them. */
const FILLED_IN = [
  ...['schedule', 'timeZone', 'concurrencyPolicy', 'jobTemplate'],
  ...['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'],
];
const JOB = ['spec', 'jobTemplate', 'spec'];

export function cronJobSchemas(): Record<string, JsonSchema> {
  const { CronJob: manifest } = manifestSchemas();
  const stored = withMember(manifest, JOB, ref('StoredJobSpec', 'Spec of the jobs.'));
  return {
    CronJobManifest: {
      description: 'A CronJob as it is sent.',
      ...withMember(manifest, JOB, ref('JobSpec', 'Spec of the jobs.')),
    },
    CronJob: object('A CronJob as it is answered.', {
      apiVersion: oneOf(['swarmer/v1'], 'Version of the form.'),
      kind: oneOf(['CronJob'], 'Its kind.'),
      metadata: ref('ObjectMetadata'),
      spec: { ...answered(memberOf(stored, 'spec')), required: FILLED_IN },
      status: CronJobStatus,
    }),
    CronJobList: object('A page of cron jobs, in order of creation.', {
      apiVersion: oneOf(['swarmer/v1'], 'Version of the form.'),
      kind: oneOf(['CronJobList'], 'Its kind.'),
      metadata: ref('ListMetadata'),
      items: list(ref('CronJob'), 'The cron jobs.'),
    }),
    CronJobChange: object('A change of a cron job.', {
      type: oneOf(['ADDED', 'MODIFIED', 'DELETED'], 'As the event.'),
      object: ref('CronJob', 'The cron job; of one that is gone only its metadata is known.'),
    }),
    CronJobApplied: object(
      'What an apply came to.',
      {
        result: oneOf(['created', 'configured', 'unchanged'], 'What was done.'),
        changes: list(ref('FieldChange'), 'What is different from before.'),
        object: ref('CronJob', 'As it is now; on a dry run as it would be.'),
      },
      { before: ref('CronJob', 'As it was; only on a dry run.') },
    ),
  };
}
