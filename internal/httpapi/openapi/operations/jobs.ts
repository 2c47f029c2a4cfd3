import { ref } from '../../../apis/answers/schema.ts';
import type { Operation } from '../types.ts';
import { changes, etag, json, orEvents, replayed } from './answers.ts';
import { JOB } from './examples.ts';
import * as parameter from './parameters.ts';

const NAMESPACED = '/v1/namespaces/{namespace}/jobs';
const of = { topic: 'Jobs', token: 'user' } as const;
const body = { schema: ref('JobManifest'), example: JOB };

const list: Operation = {
  ...of,
  id: 'listJobs',
  method: 'get',
  path: NAMESPACED,
  summary: 'List or watch jobs',
  description:
    'In order of creation; `/v1/jobs` has those of all namespaces. With `watch=true` each change is an event, with the version as its id: ' +
    'who was cut off sends it as `Last-Event-ID` and misses nothing.',
  parameters: [
    ...[parameter.labelSelector, parameter.jobFields],
    ...[parameter.limit(1000, 100), parameter.continued].map(parameter.notOfWatch),
    ...[parameter.watch, parameter.resourceVersion, parameter.lastVersion],
  ],
  answers: { 200: orEvents(json('The jobs.', 'JobList'), changes('Job')) },
  refusals: {
    410: 'Changes since that resourceVersion are no longer kept: list again, and watch from there.',
  },
};

/** Calls on the jobs of a namespace, and those that make one. */
export const jobOperations: readonly Operation[] = [
  list,
  { ...list, id: 'listAllJobs', path: '/v1/jobs', aliasOf: list.id },
  {
    ...of,
    id: 'createJob',
    method: 'post',
    path: NAMESPACED,
    summary: 'Create a job',
    description: 'Exactly one of `metadata.name` and `metadata.generateName` must be given.',
    parameters: [parameter.dryRun, parameter.idempotencyKey, parameter.traceparent],
    body,
    answers: {
      200: json('What would be made; on a dry run.', 'Job'),
      201: json('The job.', 'Job', { ...replayed, ...etag }),
    },
    refusals: {
      409: 'The name is taken, or the Idempotency-Key was sent before with another body.',
    },
  },
  {
    ...of,
    id: 'applyJob',
    method: 'put',
    path: `${NAMESPACED}/{name}`,
    summary: 'Apply a job',
    description:
      'Makes the job be as the manifest says: it is created, changed as far as a job can be, or ' +
      'left as it is. What an earlier apply gave and this one does not is taken away; what others ' +
      'have set stays.',
    parameters: [parameter.dryRun, parameter.replace, parameter.ifMatch, parameter.traceparent],
    body,
    answers: {
      200: json('What was changed, or on a dry run would be.', 'JobApplied', etag),
      201: json('It was created.', 'JobApplied', etag),
    },
    refusals: {
      409: 'More tasks, and the job is finished meanwhile.',
      412: 'It has changed since the version that If-Match names.',
      422: 'Fields differ that cannot be changed: `errors` names them and the ways out.',
    },
  },
  {
    ...of,
    id: 'submitJob',
    method: 'post',
    path: '/v1/jobs',
    summary: 'Create a job that needs no name',
    description:
      'It is called as `metadata` says, else by its uid in lower case. Its namespace is the one that the ' +
      'token is bound to, else `default`.',
    parameters: [parameter.idempotencyKey, parameter.traceparent],
    body: { ...body, example: { ...JOB, metadata: { labels: { app: 'sales' } } } },
    answers: { 201: json('Its uid.', 'Created', replayed) },
    refusals: {
      409: 'The name is taken, or the Idempotency-Key was sent before with another body.',
    },
  },
];
