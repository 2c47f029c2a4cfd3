import { JOB_PHASES, LOG_STATES } from '../index.ts';
import { originalSchemas } from '../validation/index.ts';
import { flag, integer, list, object, oneOf, orNull, type Schema, text, time } from './schema.ts';
import { exitStatus, LOG, log_reason, message, reason } from './tasks.ts';

const stream = text('The last bytes kept, as text; null when nothing is known of the stream.');
const bytes = integer('Bytes the task wrote, kept or not; null with a null stream.');

const result = object(
  'Its output.',
  {
    stdout: orNull(stream),
    stderr: orNull(stream),
    stdout_bytes: orNull(bytes),
    stderr_bytes: orNull(bytes),
    truncated: flag('True when of either stream only the end was kept.'),
    log: oneOf([...LOG_STATES, 'pending'], LOG),
  },
  { log_reason },
);

const arg: Schema<string> = { type: 'string' };
const times = {
  started_at: orNull(time("When its process started, by the engine's clock.")),
  finished_at: orNull(time("When its process ended, by the engine's clock.")),
};

const task = object(
  'A task.',
  {
    name: text('Its name.'),
    status: exitStatus,
    args: list(arg, 'Arguments of its container.'),
    result,
    attempts: integer('Attempts so far, the current one included.'),
    ...times,
  },
  {
    reason,
    message,
    last_attempt: object(
      'Of a task that waits for its next attempt: what the last one came to. Never in a callback.',
      {
        attempt: integer('Its number, from 1.'),
        status: exitStatus,
        result,
        ...times,
      },
      { reason, message },
    ),
  },
);

/** The bodies of the original's calls, and the answers to them. */
export function originalBodies() {
  const { Submission, TasksAddition, Report } = originalSchemas();
  return {
    Submission: { description: 'A job in the form of the original.', ...Submission },
    TasksAddition: { description: 'More tasks, in the form of the original.', ...TasksAddition },
    TasksAdded: object('What was added.', {
      id: text('Uid of the job.'),
      added: integer('How many tasks.'),
    }),
    Report: { description: 'What a task says of itself.', ...Report },
    JobResult: object('A job and its tasks, as the callback has them too.', {
      __image: text('What every task runs.'),
      __callback_url: orNull(text('Where the result goes; null when there is no callback.')),
      tasks: list(task, 'The tasks, in their order.'),
      __job_id: text('Uid of the job.'),
      __phase: oneOf(JOB_PHASES, 'Running until its last task is counted.'),
    }),
  };
}
