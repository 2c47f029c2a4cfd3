import type * as z from 'zod';
import type { cronJobManifest } from '../validation/cron-manifest.ts';
import { manifestSchemas } from '../validation/index.ts';
import type { Filled, StoredJobSpec } from './job.ts';
import type { metadataSchemas } from './metadata.ts';
import {
  answered,
  list,
  memberOf,
  object,
  oneOf,
  ref,
  type Schema,
  text,
  time,
  withMember,
} from './schema.ts';

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
  ...(['schedule', 'timeZone', 'concurrencyPolicy', 'jobTemplate'] as const),
  ...(['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'] as const),
] as const;
const JOB = ['spec', 'jobTemplate', 'spec'];

type Manifest = z.output<typeof cronJobManifest>['spec'];
type Template = Omit<Manifest['jobTemplate'], 'spec'> & { spec: StoredJobSpec };
type StoredCronJobSpec = Omit<Manifest, 'jobTemplate'> &
  Filled<Manifest, Exclude<(typeof FILLED_IN)[number], 'jobTemplate'>> & { jobTemplate: Template };

export function cronJobSchemas() {
  const { CronJob: manifest } = manifestSchemas();
  const stored = withMember(manifest, JOB, ref('StoredJobSpec', 'Spec of the jobs.'));
  const spec: Schema<StoredCronJobSpec> = answered(memberOf(stored, 'spec'));
  const CronJob = object('A CronJob as it is answered.', {
    apiVersion: oneOf(['swarmer/v1'], 'Version of the form.'),
    kind: oneOf(['CronJob'], 'Its kind.'),
    metadata: ref<typeof metadataSchemas.ObjectMetadata>('ObjectMetadata'),
    spec: { ...spec, required: [...FILLED_IN] },
    status: CronJobStatus,
  });
  return {
    CronJobManifest: {
      description: 'A CronJob as it is sent.',
      ...withMember(manifest, JOB, ref('JobSpec', 'Spec of the jobs.')),
    },
    CronJob,
    CronJobList: object('A page of cron jobs, in order of creation.', {
      apiVersion: oneOf(['swarmer/v1'], 'Version of the form.'),
      kind: oneOf(['CronJobList'], 'Its kind.'),
      metadata: ref<typeof metadataSchemas.ListMetadata>('ListMetadata'),
      items: list(ref<typeof CronJob>('CronJob'), 'The cron jobs.'),
    }),
    CronJobChange: object('A change of a cron job.', {
      type: oneOf(['ADDED', 'MODIFIED', 'DELETED'], 'As the event.'),
      object: ref<typeof CronJob>(
        'CronJob',
        'The cron job; of one that is gone only its metadata is known.',
      ),
    }),
    CronJobApplied: object(
      'What an apply came to.',
      {
        result: oneOf(['created', 'configured', 'unchanged'], 'What was done.'),
        changes: list(
          ref<typeof metadataSchemas.FieldChange>('FieldChange'),
          'What is different from before.',
        ),
        object: ref<typeof CronJob>('CronJob', 'As it is now; on a dry run as it would be.'),
      },
      { before: ref<typeof CronJob>('CronJob', 'As it was; only on a dry run.') },
    ),
  };
}
