import { ref } from '../../../apis/answers/schema.ts';
import type { Operation } from '../types.ts';
import { json, replayed } from './answers.ts';
import { MORE_TASKS, REPORT, SUBMISSION } from './examples.ts';
import { idempotencyKey, traceparent } from './parameters.ts';

const of = { topic: 'Original API', token: 'user' } as const;

/** The calls of the original Swarmer. */
export const originalOperations: readonly Operation[] = [
  {
    ...of,
    id: 'submit',
    method: 'post',
    path: '/submit',
    summary: 'Submit a job',
    description: 'Every task is run once: there are no retries after failures.',
    parameters: [idempotencyKey, traceparent],
    body: { schema: ref('Submission'), example: SUBMISSION },
    answers: { 201: json('Its uid.', 'Created', replayed) },
    refusals: { 409: 'The Idempotency-Key was sent before with another body.' },
  },
  {
    ...of,
    id: 'addTasks',
    method: 'post',
    path: '/submit/{id}/tasks',
    summary: 'Add tasks to a job',
    description: 'All of them or none.',
    body: { schema: ref('TasksAddition'), example: MORE_TASKS },
    answers: { 201: json('How many were added.', 'TasksAdded') },
    refusals: { 409: 'The job is finished.' },
  },
  {
    ...of,
    id: 'readStatus',
    method: 'get',
    path: '/status/{id}',
    summary: 'Read a job with the output of its tasks',
    description: 'In the form of the callback. It is streamed: one that was cut is no valid JSON.',
    answers: { 200: json('The job.', 'JobResult') },
  },
  {
    ...of,
    id: 'report',
    token: 'report',
    method: 'post',
    path: '/result/{id}',
    summary: 'Report the result of a task',
    description:
      'For tasks, which POST to their SWARMER_ADDRESS exactly as it is. The same report again is ' +
      'accepted again. Whatever can be understood is taken, of any length; after a report that had to be ' +
      'refused the exit of the process with 0 is no success (NoReport).',
    // No report is lost for what a client puts behind the address.
    anyQuery: true,
    body: { schema: ref('Report'), example: REPORT },
    answers: { 204: { description: 'It is stored.' } },
    refusals: { 409: 'The attempt is no longer current, or another report of it stands.' },
  },
];
