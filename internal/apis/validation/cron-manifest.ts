import * as z from 'zod';
import { CONCURRENCY_POLICIES, type CronJobSpec } from '../cron-job.ts';
import { isTimeZone, scheduleProblem, timeZones } from './cron-text.ts';
import type { ServerDefaults } from './defaults.ts';
import { breaking, flag, object } from './fields.ts';
import { check } from './issues.ts';
import { apiVersion, metadataOf } from './job-manifest.ts';
import { defined, jobSpec, readJobSpec } from './job-spec.ts';
import { annotations, labels, metadata } from './metadata-fields.ts';
import { integer, oneOf } from './policy-fields.ts';
import { type Parsed, ProblemList } from './problems.ts';
import { LIMITS } from './rules.ts';
import { finish, type Steps } from './steps.ts';
import type { MetadataRequest } from './submission.ts';
import { nearest } from './unknown-field.ts';

/** A cron job as it was asked for. */
export interface CronJobRequest {
  metadata: MetadataRequest;
  spec: CronJobSpec;
}

const SCHEDULE_RULE = 'a schedule such as "*/5 * * * *": minute, hour, day, month, day of the week';
const schedule = z
  .string({ error: breaking(SCHEDULE_RULE) })
  .superRefine((text, context) => {
    const problem = scheduleProblem(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem, input: text });
  })
  .meta({
    description: 'When jobs are made: five fields as in crontab(5), or @daily and its like.',
  });

const ZONE_RULE = 'the name of a time zone such as "Europe/Berlin" or "UTC"';
const timeZone = z
  .string({ error: breaking(ZONE_RULE) })
  .superRefine((text, context) => {
    if (isTimeZone(text)) return;
    const near = nearest(text, timeZones());
    const hint = near === undefined ? '' : `: did you mean "${near}"?`;
    context.addIssue({ code: 'custom', message: `must be ${ZONE_RULE}${hint}`, input: text });
  })
  .meta({ description: 'Zone that the schedule is read in.', default: 'UTC' });

const history = (what: string, least: number) =>
  integer(0, LIMITS.historyLimit).meta({ description: `Jobs kept that ${what}.`, default: least });

const jobTemplate = object('an object with "spec"', {
  metadata: object('an object with "labels" and "annotations"', {
    labels: labels.optional(),
    annotations: annotations.optional(),
  }).optional(),
  spec: jobSpec.meta({ description: 'Spec of the jobs.' }),
});

export const cronJobManifest = object(
  'a CronJob: an object with "apiVersion", "kind", "metadata" and "spec"',
  {
    apiVersion,
    kind: z.literal('CronJob', { error: breaking('"CronJob"') }),
    metadata: metadata(LIMITS.cronJobNameChars).optional(),
    spec: object('an object with "schedule" and "jobTemplate"', {
      schedule,
      timeZone: timeZone.optional(),
      concurrencyPolicy: oneOf(CONCURRENCY_POLICIES)
        .meta({
          description:
            'Of a tick while an earlier job runs: start it too, skip it, or replace that job.',
          default: 'Allow',
        })
        .optional(),
      startingDeadlineSeconds: integer(1, LIMITS.maxSeconds)
        .meta({
          description: 'Seconds after its time within which a missed tick is still started.',
        })
        .optional(),
      suspend: flag()
        .meta({ description: 'While true no job is made.', default: false })
        .optional(),
      successfulJobsHistoryLimit: history('completed', 3).optional(),
      failedJobsHistoryLimit: history('did not', 1).optional(),
      jobTemplate: jobTemplate.meta({ description: 'What is made at every tick.' }),
    }),
  },
);

/** A CronJob of `swarmer/v1`, whether it was written as JSON or YAML. */
export function parseCronJob(body: unknown, defaults: ServerDefaults): Parsed<CronJobRequest> {
  return finish(parseCronJobInSteps(body, defaults));
}

export function* parseCronJobInSteps(
  body: unknown,
  defaults: ServerDefaults,
): Steps<Parsed<CronJobRequest>> {
  const problems = new ProblemList();
  const read = check(cronJobManifest, body, problems);
  const template = read?.spec.jobTemplate;
  const at = ['spec', 'jobTemplate', 'spec'];
  const job = yield* readJobSpec(body, template?.spec, at, { problems, defaults });
  if (read === undefined || job === undefined) return problems.failure();
  const { jobTemplate: _, ...given } = read.spec;
  const spec: CronJobSpec = {
    timeZone: 'UTC',
    concurrencyPolicy: 'Allow',
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
    ...defined(given),
    jobTemplate: { ...defined(template?.metadata ?? {}), ...job },
  };
  return { ok: true, value: { metadata: metadataOf(read.metadata), spec } };
}
