import { LOG_STATES, TASK_PHASES } from '../index.ts';
import { flag, integer, object, oneOf, orNull, text } from './schema.ts';
import { exitStatus, LOG, log_reason, message, reason } from './tasks.ts';

const names = {
  task: text('Name of the task.'),
  index: integer('Its place in the job, from 0.'),
};
const piece = {
  ...names,
  attempt: integer('Number of the attempt.'),
  stream: oneOf(['stdout', 'stderr'], 'Which stream.'),
  offset: integer("Place of the first byte in the attempt's stream."),
};
const KEPT = 'The last bytes of the stream as text; null when nothing is known of it.';
const truncated = flag('True when of either stream only the end was kept.');

/** The output of one task: as one answer, and as events. */
export const logSchemas = {
  TaskOutput: object(
    'The output of a task: what was stored, or what there is so far.',
    {
      ...names,
      attempt: integer('Number of the attempt; 0 before the first.'),
      stdout: orNull(text(KEPT)),
      stderr: orNull(text(KEPT)),
      truncated,
      log: oneOf(
        [...LOG_STATES, 'pending', 'running'],
        `${LOG} \`pending\`: no process was started yet; \`running\`: what there is so far.`,
      ),
      phase: oneOf(TASK_PHASES, 'Where the task stands, or what it came to.'),
      exitStatus,
    },
    { reason, message, log_reason },
  ),
  LogPending: object('There is no output yet.', { ...names, log_reason }),
  LogAttempt: object('An attempt has begun.', {
    ...names,
    attempt: integer('Its number, from 1.'),
  }),
  LogOutput: object('A part of the log.', {
    ...piece,
    data: text('The bytes.', { contentEncoding: 'base64' }),
  }),
  LogGap: object('A part of the log that is no longer kept anywhere.', {
    ...piece,
    bytes: integer('How many bytes are missing.'),
  }),
  LogEnd: object(
    'The task is counted, and all of its log was sent.',
    {
      ...names,
      phase: oneOf(TASK_PHASES, 'What it came to.'),
      exitStatus,
      truncated,
      log: oneOf([...LOG_STATES, 'pending'], LOG),
    },
    { reason, message, log_reason },
  ),
};
