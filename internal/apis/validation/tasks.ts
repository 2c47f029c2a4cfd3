import * as z from 'zod';
import type { TaskSpec } from '../job.ts';
import { withTaskDefaults } from './defaults.ts';
import { breaking, object, taskName } from './fields.ts';
import { check } from './issues.ts';
import type { Path } from './path.ts';
import { type Parsed, ProblemList } from './problems.ts';
import { LIMITS, RULES, taskCountRule } from './rules.ts';
import { finish, type Steps } from './steps.ts';
import { taskArgs } from './task-args.ts';

/** Where a kind of body has its tasks, and how it calls their members. */
export interface TaskShape {
  at: Path;
  nameField: string;
  check(entry: unknown, problems: ProblemList, at: Path): TaskSpec | undefined;
}

/** One of the `tasks` of the original's bodies. */
export const originalTask = object(RULES.task, {
  task_name: taskName,
  task_args: taskArgs.meta({ description: 'Arguments of its container.', default: [] }).optional(),
});

/** `tasks` of the original's bodies. */
const ORIGINAL: TaskShape = {
  at: ['tasks'],
  nameField: 'task_name',
  check(entry, problems, at) {
    const read = check(originalTask, entry, problems, at);
    return read && withTaskDefaults({ name: read.task_name, args: read.task_args });
  },
};
/** The body of `POST /submit/<id>/tasks`. */
export const addition = object(RULES.addition, {
  tasks: taskList(1).meta({ description: 'The tasks to add.' }),
});

/** Reads the body of `POST /submit/<id>/tasks`: at least one task. */
export function parseTasks(body: unknown): Parsed<TaskSpec[]> {
  return finish(parseTasksInSteps(body));
}

export function* parseTasksInSteps(body: unknown): Steps<Parsed<TaskSpec[]>> {
  const problems = new ProblemList();
  check(addition, body, problems);
  const tasks = yield* readTasks(body, problems);
  return problems.total > 0 ? problems.failure() : { ok: true, value: tasks };
}

/** A list of the right length, of whatever; `readTasks` looks at what is in it. */
export function taskList(least: 0 | 1) {
  return z
    .custom<unknown[]>(
      (value) => Array.isArray(value) && value.length >= least && isShortEnough(value),
      { error: breaking(taskCountRule(least)) },
    )
    .meta({ type: 'array', minItems: least, maxItems: LIMITS.tasksPerCall });
}

/** Tasks that are looked at between two places to let others run: about a millisecond of work. */
const TASKS_PER_STEP = 128;

/**
 * The entries of a body's `tasks`, with what is wrong with them added to `problems`. Entry by entry,
 * so that the problems of a large body are never all in memory.
 */
export function* readTasks(
  body: unknown,
  problems: ProblemList,
  shape: TaskShape = ORIGINAL,
): Steps<TaskSpec[]> {
  const tasks: TaskSpec[] = [];
  const entries = entriesOf(body, shape.at);
  for (const [index, entry] of entries.entries()) {
    if (problems.full) return [];
    const read = shape.check(entry, problems, [...shape.at, index]);
    if (read) tasks.push(read);
    if (index % TASKS_PER_STEP === TASKS_PER_STEP - 1) yield;
  }
  addDuplicates(entries, problems, shape);
  return tasks;
}

function isShortEnough(entries: unknown[]): boolean {
  return entries.length <= LIMITS.tasksPerCall;
}

function entriesOf(body: unknown, at: Path): unknown[] {
  const entries = at.reduce((value: unknown, name) => memberOf(value, String(name)), body);
  return Array.isArray(entries) && isShortEnough(entries) ? entries : [];
}

function addDuplicates(
  entries: unknown[],
  problems: ProblemList,
  { at, nameField }: TaskShape,
): void {
  const first = new Map<string, number>();
  for (const [index, entry] of entries.entries()) {
    const name = memberOf(entry, nameField);
    if (typeof name !== 'string') continue;
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, index);
    else problems.add([...at, index, nameField], () => duplicate(earlier, index));
  }
}

function duplicate(earlier: number, index: number): string {
  return `tasks[${earlier}] and tasks[${index}] have the same name: names must be unique within the job`;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
