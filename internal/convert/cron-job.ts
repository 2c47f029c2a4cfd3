import { CONCURRENCY_POLICIES } from '../apis/index.ts';
import { API_VERSION } from '../apis/validation/index.ts';
import { CRON_JOB_SPEC, JOB_TEMPLATE } from './fields/cron-job.ts';
import { convertJobSpec } from './job-spec.ts';
import { convertJobTemplateMetadata, convertMetadata, type ObjectNames } from './metadata.ts';
import { CRON_NUMBERS, numbersOf } from './number-fields.ts';
import type { Origins } from './origins.ts';
import { convertSchedule } from './schedule.ts';
import type { Source } from './source.ts';

/** A CronJob of `batch/v1`. */
export function convertCronJob(source: Source, origins: Origins) {
  const { names, ...metadata } = convertMetadata(source, origins);
  const spec = source.object('spec');
  if (spec === undefined) {
    const rule = 'is required: a CronJobSpec with "schedule" and "jobTemplate"';
    source.notes.error(source.at('spec'), rule);
    return undefined;
  }
  const converted = convertSpec(spec, origins, names);
  return { apiVersion: API_VERSION, kind: 'CronJob', ...metadata, spec: converted };
}

function convertSpec(source: Source, origins: Origins, { namespace }: ObjectNames) {
  source.noteOthers(CRON_JOB_SPEC);
  origins.set(['spec'], source.path);
  const concurrencyPolicy = source.word('concurrencyPolicy', CONCURRENCY_POLICIES);
  const suspend = source.flag('suspend');
  return {
    ...convertSchedule(source, origins),
    ...(concurrencyPolicy === undefined ? {} : { concurrencyPolicy }),
    ...(suspend === undefined ? {} : { suspend }),
    ...numbersOf(source, CRON_NUMBERS),
    jobTemplate: convertTemplate(source, origins, namespace),
  };
}

function convertTemplate(spec: Source, origins: Origins, namespace: string | undefined) {
  const template = spec.object('jobTemplate');
  const job = template?.object('spec');
  if (template === undefined || job === undefined) {
    spec.notes.error(spec.at('jobTemplate'), 'is required: an object with "spec", a JobSpec');
    return undefined;
  }
  template.noteOthers(JOB_TEMPLATE);
  // The names of its jobs are not known here.
  const names = { jobName: undefined, namespace };
  return { ...convertJobTemplateMetadata(template), spec: convertJobSpec(job, origins, names) };
}
