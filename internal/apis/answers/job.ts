import { JOB_PHASES, REASONS } from '../index.ts';
import { manifestSchemas, retrySchema } from '../validation/index.ts';
import type { ManifestJobSpec } from '../validation/job-spec.ts';
import type { metadataSchemas } from './metadata.ts';
import {
  answered,
  flag,
  integer,
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

const least = { minimum: 0 };

const TaskCounts = object('Tasks by where they stand: the others add up to total.', {
  total: integer('All of them.', least),
  pending: integer('Not started, or waiting for the next attempt.', least),
  active: integer('With a current attempt.', least),
  succeeded: integer('Succeeded.', least),
  failed: integer('Failed for good.', least),
  cancelled: integer('Stopped or never started, as the job ended before them.', least),
});

const Condition = object('A statement about the job that was found true.', {
  type: oneOf(['Complete', 'Failed', 'Cancelled'], 'What is true.'),
  status: oneOf(['True'], 'Always True.'),
  reason: oneOf(REASONS, 'Why, for programs.'),
  message: text('Why, for people.'),
  lastTransitionTime: time('Since when.'),
});

const JobEnding = object('Why the job ends before all its tasks have.', {
  phase: oneOf(['Complete', 'Failed', 'Cancelled'], 'What the job will be.'),
  reason: oneOf(REASONS, 'Why, for programs.'),
  message: text('Why, for people.'),
});

const JobStatus = object(
  'How the job stands.',
  {
    phase: oneOf(JOB_PHASES, 'Running until its last task is counted.'),
    counts: TaskCounts,
    conditions: list(Condition, 'What is true of it.'),
  },
  {
    startTime: time(
      'When the controller took it up; only where a deadline needs it. One that was created suspended ' +
        'is taken up once it is resumed.',
    ),
    suspendedAt: time('Since when it is suspended: the clock of its deadline stands.'),
    suspendedMs: integer('Ms for which that clock has stood before, since startTime.', least),
    predecessor: text(
      'Uid of the job that had its name and is being removed: nothing of this one starts before that has ended.',
    ),
    failedBefore: integer(
      'Tasks that had failed when others of the job were retried: maxFailedTasks is not for them.',
      least,
    ),
    finishedAt: time('When its last task was counted.'),
    image: object('What its attempts run; absent before the first.', {
      reference: text('The image as the engine is asked for it.'),
      pinned: flag('True when it has a digest: then all attempts run the same bytes.'),
    }),
    ending: JobEnding,
    cancelRequested: flag('True once its end was asked for.'),
  },
);

/** The members that are filled in where a manifest does not give them. */
const FILLED_IN = ['image', 'backoffLimit', 'lossLimit', 'outputLimitBytes'] as const;

/** The spec of a job as it is answered. */
export type StoredJobSpec = ManifestJobSpec & Filled<ManifestJobSpec, (typeof FILLED_IN)[number]>;
/** Members that a manifest may leave out, and an answer has. */
export type Filled<T, K extends keyof T> = { [Name in K]-?: Exclude<T[Name], undefined> };

/** The kinds `Job` and `CronJob` share the spec of a job. */
export function jobSchemas() {
  const { Job: manifest } = manifestSchemas();
  const spec = memberOf(manifest, 'spec');
  const members = {
    apiVersion: oneOf(['swarmer/v1'], 'Version of the form.'),
    kind: oneOf(['Job'], 'Its kind.'),
    metadata: ref<typeof metadataSchemas.ObjectMetadata>('ObjectMetadata'),
    spec: ref<Schema<StoredJobSpec>>(
      'StoredJobSpec',
      'Without its tasks, unless they were asked for.',
    ),
    status: ref<typeof JobStatus>('JobStatus'),
  };
  const Job = object('A Job as it is answered.', members);
  return {
    JobManifest: {
      description: 'A Job as it is sent.',
      ...withMember(manifest, ['spec'], ref('JobSpec', 'What is wanted.')),
    },
    JobSpec: { ...spec, description: 'What is wanted of a job.' },
    StoredJobSpec: {
      ...answered(spec),
      description: 'What is wanted of a job, with the defaults filled in.',
      required: [...FILLED_IN],
    },
    RetryRequest: { description: 'Which tasks of a job shall run again.', ...retrySchema() },
    Job,
    JobRetried: object('A Job some of whose tasks run again.', {
      ...members,
      retried: integer('How many tasks run again.', { minimum: 1 }),
    }),
    JobStatus,
    JobList: object('A page of jobs, in order of creation.', {
      apiVersion: oneOf(['swarmer/v1'], 'Version of the form.'),
      kind: oneOf(['JobList'], 'Its kind.'),
      metadata: ref<typeof metadataSchemas.ListMetadata>('ListMetadata'),
      items: list(ref<typeof Job>('Job'), 'The jobs.'),
    }),
    JobChange: object('A change of a job.', {
      type: oneOf(['ADDED', 'MODIFIED', 'DELETED'], 'As the event.'),
      object: ref<typeof Job>(
        'Job',
        'The job right after the change; of one that is gone what is known.',
      ),
    }),
    JobApplied: object(
      'What an apply came to.',
      {
        result: oneOf(['created', 'configured', 'unchanged', 'replaced'], 'What was done.'),
        changes: list(
          ref<typeof metadataSchemas.FieldChange>('FieldChange'),
          'What is different from before.',
        ),
        object: ref<typeof Job>(
          'Job',
          'As it is now; on a dry run as it would be, with its tasks.',
        ),
      },
      { before: ref<typeof Job>('Job', 'As it was; only on a dry run.') },
    ),
  };
}
