import { ref } from '../../../apis/answers/schema.ts';
import type { Operation } from '../types.ts';
import { type JobCall, underBoth } from './aliases.ts';
import { etag, json } from './answers.ts';
import { withTasks } from './parameters.ts';

const RUNNING = 'The job is finished.';
const FINISHED = 'The job is not finished';

function verb(id: string, path: string, summary: string, refusal: string): JobCall {
  return {
    ...{ id, method: 'post', path, summary },
    answers: { 200: json('The job, as it then is.', 'Job', etag) },
    refusals: { 409: refusal },
  };
}

const calls: JobCall[] = [
  {
    id: 'getJob',
    method: 'get',
    path: '',
    summary: 'Read a job',
    parameters: [withTasks],
    answers: { 200: json('The job.', 'Job', etag) },
  },
  {
    id: 'deleteJob',
    method: 'delete',
    path: '',
    summary: 'Delete a job',
    description:
      'It is cancelled if need be, and removed with all that belongs to it; no callback is sent ' +
      'any more.',
    answers: { 202: json('It will be removed.', 'Empty') },
  },
  verb('cancelJob', '/cancel', 'Cancel a job', RUNNING),
  verb('suspendJob', '/suspend', 'Start no more tasks of a job', RUNNING),
  verb('resumeJob', '/resume', 'Start tasks of a job again', RUNNING),
  {
    id: 'retryJob',
    method: 'post',
    path: '/retry',
    summary: 'Run again what did not succeed',
    description:
      'All of it, or the tasks that the body names: all of these, or none when the job does not have one of ' +
      'them (400) or one has succeeded (409). The others stay as they are.',
    body: {
      schema: ref('RetryRequest'),
      example: { tasks: ['16'] },
      optional: true,
    },
    answers: {
      200: json('The job, as it then is, and how many tasks run again.', 'JobRetried', etag),
    },
    refusals: { 409: `${FINISHED}, or what should run again has succeeded.` },
  },
  verb(
    ...(['redeliverCallback', '/redeliver', 'Send the callback of a job once more'] as const),
    `${FINISHED}, or has no callback.`,
  ),
];

/** Calls on one job. */
export const oneJobOperations: readonly Operation[] = calls.flatMap((it) => underBoth('Jobs', it));
