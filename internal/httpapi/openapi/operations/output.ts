import { ref } from '../../../apis/answers/schema.ts';
import { CALLBACK_STATES } from '../../../apis/index.ts';
import type { EventKind, Operation } from '../types.ts';
import { type JobCall, underBoth } from './aliases.ts';
import { json, orEvents } from './answers.ts';
import * as parameter from './parameters.ts';

const TOPIC = 'Tasks and output';

const timelineEvents: EventKind[] = [
  {
    event: 'event',
    description: 'An entry; its id is the event id.',
    schema: ref('TimelineEntry'),
  },
  { event: 'end', description: 'The job is finished and all was sent.', schema: ref('Empty') },
];

const logEvents: EventKind[] = [
  {
    event: 'pending',
    description:
      'There is no attempt, and has been none for a second; again when the reason changes.',
    schema: ref('LogPending'),
  },
  { event: 'attempt', description: 'An attempt begins.', schema: ref('LogAttempt') },
  { event: 'output', description: 'A part of the log.', schema: ref('LogOutput') },
  { event: 'gap', description: 'A part that is no longer kept.', schema: ref('LogGap') },
  { event: 'end', description: 'The task is counted.', schema: ref('LogEnd') },
];

const calls: JobCall[] = [
  {
    id: 'listTasks',
    method: 'get',
    path: '/tasks',
    summary: 'List the tasks of a job',
    description: 'Without their output.',
    parameters: [parameter.limit(1000, 500), parameter.continued, parameter.taskPhase],
    answers: { 200: json('The tasks.', 'TaskList') },
  },
  {
    id: 'getTask',
    method: 'get',
    path: '/tasks/{task}',
    summary: 'Read a task with its attempts',
    description: 'Without their output, which is read from /logs by `attempt`.',
    answers: { 200: json('The task.', 'TaskWithAttempts') },
    refusals: { 404: 'There is no such job, or no such task.' },
  },
  {
    id: 'listEvents',
    method: 'get',
    path: '/events',
    summary: 'Read or watch the timeline of a job',
    description: 'About the last 1000 entries are kept.',
    parameters: [
      ...[parameter.after, parameter.notOfWatch(parameter.limit(1000, 100))],
      ...[parameter.watch, parameter.lastEntry],
    ],
    answers: { 200: orEvents(json('The entries.', 'Timeline'), timelineEvents) },
  },
  {
    id: 'readLogs',
    method: 'get',
    path: '/logs',
    summary: 'Read or follow the output of a task',
    description:
      'What is stored; of a task that runs what there is so far, of at most 1 MiB per stream. A ' +
      'stream of events that ends without `end` was cut: come again. Of attempts that did not succeed ' +
      'and that another one followed, the last 64 KiB of each stream of the first and the last three.',
    parameters: [parameter.whichTask, parameter.attempt, parameter.follow],
    answers: { 200: orEvents(json('The output.', 'TaskOutput'), logEvents) },
    refusals: {
      400: 'No task is named, and the job has several; or a parameter is wrong.',
      404: 'There is no such job, task or attempt, or the output of that attempt is not kept.',
    },
  },
  {
    id: 'readCallback',
    method: 'get',
    path: '/callback',
    summary: 'Read what came of the callback of a job',
    answers: { 200: json('The callback, with the log of its tries.', 'Callback') },
    refusals: { 404: 'The job has no callback, is not finished, or does not exist.' },
  },
];

/** Calls on what became of jobs. */
export const outputOperations: readonly Operation[] = [
  ...calls.flatMap((call) => underBoth(TOPIC, call)),
  {
    id: 'listCallbacks',
    method: 'get',
    path: '/v1/callbacks',
    topic: TOPIC,
    token: 'user',
    summary: 'List the callbacks of finished jobs',
    parameters: [
      ...[parameter.state(CALLBACK_STATES), parameter.limit(200, 200)],
      parameter.continued,
    ],
    answers: { 200: json('The callbacks.', 'CallbackList') },
  },
];
