import { ref } from '../../../apis/answers/schema.ts';
import type { Operation } from '../types.ts';
import { changes, etag, json, location, orEvents, replayed } from './answers.ts';
import { CRON_JOB } from './examples.ts';
import * as parameter from './parameters.ts';

const NAMESPACED = '/v1/namespaces/{namespace}/cronjobs';
const ONE = `${NAMESPACED}/{name}`;
const of = { topic: 'Cron jobs', token: 'user' } as const;
const body = { schema: ref('CronJobManifest'), example: CRON_JOB };

const list: Operation = {
  ...of,
  id: 'listCronJobs',
  method: 'get',
  path: NAMESPACED,
  summary: 'List or watch cron jobs',
  description: 'As for jobs; `/v1/cronjobs` has those of all namespaces.',
  parameters: [
    ...[parameter.labelSelector, parameter.cronJobFields],
    ...[parameter.limit(1000, 100), parameter.continued].map(parameter.notOfWatch),
    ...[parameter.watch, parameter.resourceVersion, parameter.lastVersion],
  ],
  answers: { 200: orEvents(json('The cron jobs.', 'CronJobList'), changes('CronJob')) },
  refusals: {
    410: 'Changes since that resourceVersion are no longer kept: list again, and watch from there.',
  },
};

const writes: Operation[] = [
  {
    ...of,
    id: 'createCronJob',
    method: 'post',
    path: NAMESPACED,
    summary: 'Create a cron job',
    description: 'Exactly one of `metadata.name` and `metadata.generateName` must be given.',
    parameters: [parameter.dryRun],
    body,
    answers: {
      200: json('What would be made; on a dry run.', 'CronJob'),
      201: json('The cron job.', 'CronJob', { ...location, ...etag }),
    },
    refusals: { 409: 'The name is taken.' },
  },
  {
    ...of,
    id: 'applyCronJob',
    method: 'put',
    path: ONE,
    summary: 'Apply a cron job',
    description: 'Makes it be as the manifest says. All of its fields can be changed.',
    parameters: [parameter.dryRun, parameter.ifMatch],
    body,
    answers: {
      200: json('What was changed, or on a dry run would be.', 'CronJobApplied', etag),
      201: json('It was created.', 'CronJobApplied', etag),
    },
    refusals: { 412: 'It has changed since the version that If-Match names.' },
  },
];

function verb(id: string, path: string, summary: string): Operation {
  const answers = { 200: json('The cron job, as it then is.', 'CronJob', etag) };
  return { ...of, id, method: 'post', path: ONE + path, summary, answers };
}

/** Calls on cron jobs. */
export const cronJobOperations: readonly Operation[] = [
  list,
  { ...list, id: 'listAllCronJobs', path: '/v1/cronjobs', aliasOf: list.id },
  ...writes,
  {
    ...of,
    id: 'getCronJob',
    method: 'get',
    path: ONE,
    summary: 'Read a cron job',
    answers: { 200: json('The cron job.', 'CronJob', etag) },
  },
  {
    ...of,
    id: 'deleteCronJob',
    method: 'delete',
    path: ONE,
    summary: 'Delete a cron job',
    description: 'Its jobs are removed with it.',
    answers: { 202: json('It is removed, and its jobs will be.', 'Empty') },
  },
  {
    ...of,
    id: 'listCronJobEvents',
    method: 'get',
    path: `${ONE}/events`,
    summary: 'Read what was decided about the ticks of a cron job',
    answers: { 200: json('The entries.', 'Timeline') },
  },
  verb('suspendCronJob', '/suspend', 'Make no more jobs of a cron job'),
  verb('resumeCronJob', '/resume', 'Make jobs of a cron job again'),
  {
    ...of,
    id: 'triggerCronJob',
    method: 'post',
    path: `${ONE}/trigger`,
    summary: 'Make a job of a cron job now',
    description: 'Whatever its schedule says.',
    parameters: [parameter.idempotencyKey],
    answers: { 201: json('The job.', 'Job', replayed) },
  },
];
