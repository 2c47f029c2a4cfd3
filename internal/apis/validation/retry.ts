import * as z from 'zod';
import { object, quoteHint } from './fields.ts';
import { check } from './issues.ts';
import { list } from './policy-fields.ts';
import { type Parsed, ProblemList } from './problems.ts';
import { LIMITS } from './rules.ts';

const TASK_RULE = 'the name of a task, or its index: an integer from 0';

/** A task of a job: a text is its name, or its index where it has no task of that name. */
export type TaskReference = string | number;

const task = z
  .custom<TaskReference>(isReference, {
    error: ({ input }) =>
      `must be ${TASK_RULE}${typeof input === 'number' ? '' : quoteHint(input)}`,
  })
  .meta({ type: ['string', 'integer'], description: 'Its name, or its index.' });

function isReference(value: unknown): value is TaskReference {
  return typeof value === 'number' ? Number.isSafeInteger(value) && value >= 0 : isText(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** The body of `POST …/retry`. */
export const retry = object('an object with "tasks"', {
  tasks: list('tasks by their names or indices', task, LIMITS.tasksPerCall)
    .meta({
      description:
        'Those that shall run again, all or none; all that did not succeed unless given.',
    })
    .optional(),
});

/** Reads the body of `POST …/retry`: undefined where it names no tasks. */
export function parseRetry(body: unknown): Parsed<TaskReference[] | undefined> {
  const problems = new ProblemList();
  const read = check(retry, body, problems);
  return read === undefined ? problems.failure() : { ok: true, value: read.tasks };
}
