import { CALLBACK_STATES, EVENT_TYPES, LOG_STATES, OUTCOMES, TASK_PHASES } from '../index.ts';
import type { metadataSchemas } from './metadata.ts';
import { flag, integer, list, object, oneOf, orNull, ref, text, time } from './schema.ts';

export const exitStatus = orNull(
  integer('Of the process; null while it runs, and where none ran to its end.'),
);
const ran = {
  startedAt: time("When its process started, by the engine's clock."),
  finishedAt: time("When its process ended, by the engine's clock."),
  node: text('Swarm id of the node that ran it.'),
};
export const reason = text('Why, for programs.');
export const message = text("The engine's own words, where there are any.");

/** What the states of a log mean. */
export const LOG =
  'What became of its log. `complete`: all that it wrote; `truncated`: only the end was kept of a stream; ' +
  '`partial`: something may be missing, and the numbers of bytes are lower bounds; `unavailable`: it could ' +
  'not be read.';
export const log_reason = text(
  'Why the log is `partial` or `unavailable`, or why there is none yet.',
);

const stream = object('A stream.', {
  bytes: integer('Bytes the task wrote, kept or not; of a `partial` log at least so many.'),
  truncated: flag('True when only the end is kept.'),
});
const task = {
  index: integer('Its place in the job, from 0.'),
  name: text('Its name, unique within the job.'),
  phase: oneOf(TASK_PHASES, 'Where it stands, or what it came to.'),
  attempts: integer('Attempts so far, the current one included.'),
  losses: integer('How many of them were lost.'),
  exitStatus: orNull(
    integer(
      'Of the process; null while it runs, and where none ran to its end. Of a task that waits for its ' +
        'next attempt, or that did when its job ended, of the last one; so are the fields below.',
    ),
  ),
};

const delivery = object(
  'A try to deliver.',
  {
    at: time('When it was made.'),
    kind: oneOf(['delivered', 'retry', 'dead'], 'What came of it.'),
    tookMs: integer('How long it took, in ms.'),
    reply: text("The beginning of the answer's body."),
  },
  { status: integer('HTTP status of the answer.'), error: text('What went wrong.') },
);
const callback = {
  url: text('Where it goes.'),
  state: oneOf(CALLBACK_STATES, '`dead`: it was given up.'),
  attempts: integer('Tries so far.'),
};

const Task = object('A task, without its output.', task, { reason, message, ...ran });

const Attempt = object(
  'An attempt of a task.',
  {
    attempt: integer('Its number, from 1.'),
    phase: oneOf(['Active', ...OUTCOMES], 'What it came to; Active while it is the current one.'),
    exitStatus,
  },
  {
    reason,
    message,
    ...ran,
    output: object(
      'What is kept of its output.',
      {
        stdout: stream,
        stderr: stream,
        log: oneOf(LOG_STATES, LOG),
      },
      { log_reason },
    ),
    dropped: flag(
      'True when its output had to go: the job had used up SWARMER_ATTEMPT_OUTPUT_BYTES.',
    ),
  },
);

const TaskWithAttempts = object(
  'A task, with what each of its attempts came to.',
  {
    ...task,
    attemptHistory: list(
      ref<typeof Attempt>('Attempt'),
      'Oldest first. Of those that did not succeed and that another one followed the first and the ' +
        'last three are kept.',
    ),
    attemptsNotKept: integer('How many there were between the first and the last three.'),
  },
  { reason, message, ...ran },
);

const TimelineEntry = object(
  'Something that happened.',
  {
    id: text('Its place in the timeline.'),
    at: time('When it happened, by the clock of the store.'),
    type: oneOf(EVENT_TYPES, 'What happened.'),
  },
  {
    index: integer('Place of the task that it is about.'),
    attempt: integer('Number of the attempt that it is about.'),
    reason,
    message: text('More about it, for people.'),
    node: text('Swarm id of the node.'),
    status: integer("Exit status, or HTTP status of a callback's answer."),
  },
);

/** What became of the tasks of a job, and of its callback. */
export const taskSchemas = {
  Task,
  TaskWithAttempts,
  Attempt,
  TaskList: object('A page of tasks, in their order.', {
    items: list(ref<typeof Task>('Task'), 'The tasks.'),
    metadata: ref<typeof metadataSchemas.PageMetadata>('PageMetadata'),
  }),
  TimelineEntry,
  Timeline: object('What happened, oldest first.', {
    items: list(ref<typeof TimelineEntry>('TimelineEntry'), 'The entries.'),
  }),
  Callback: object('The callback of a job, and what came of it.', {
    ...callback,
    log: list(delivery, 'The last tries, oldest first.'),
  }),
  CallbackList: object('A page of callbacks.', {
    items: list(
      object(
        'The callback of a job.',
        {
          namespace: text('Namespace of the job.'),
          name: text('Name of the job.'),
          uid: text('Uid of the job.'),
          ...callback,
        },
        {
          lastStatus: integer('HTTP status of the last answer.'),
          lastError: text('What went wrong the last time.'),
        },
      ),
      'The callbacks.',
    ),
    metadata: ref<typeof metadataSchemas.PageMetadata>('PageMetadata'),
  }),
};
