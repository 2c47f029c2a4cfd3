import { ApiError } from '../api-error.ts';
import type { Client } from '../client.ts';
import type { Context } from '../context.ts';
import { CliError, EXIT, UsageError } from '../errors.ts';
import { previousAttempt, readAttempts } from '../follow/attempts.ts';
import { followTask, type TaskRef } from '../follow/follow-task.ts';
import { eachInOrder } from '../follow/in-order.ts';
import { jobNameOf } from '../follow/job-name.ts';
import { type OutputOptions, OutputWriter } from '../follow/output-writer.ts';
import { readLog, skipFor, waitsAgain, writeLog } from '../follow/stored-log.ts';
import { endNotes } from '../follow/task-end.ts';
import { allTasks, onlyTask } from '../follow/task-list.ts';
import type { Options } from '../options.ts';
import { terminalSafe } from '../output/terminal-safe.ts';
import type { Task, TaskOutput } from '../resources.ts';

/** Tasks that are followed at one time: a connection each. */
const FOLLOWED_AT_ONCE = 20;

interface Work {
  context: Context;
  client: Client;
  options: Options;
  tail: number | undefined;
}

/** What became of the output of a task. */
interface Shown {
  /** Its name, also where its index was given. */
  task: string;
  /** Of a `silent` one all output is known: there is none. */
  as: 'shown' | 'silent' | 'unreadable';
}

/** Shows the output of tasks. */
export async function run(
  context: Context,
  args: readonly string[],
  options: Options,
): Promise<number> {
  const [given = '', task] = args;
  const job = jobNameOf(given);
  const all = options.flag('all');
  if (all && task !== undefined) throw new UsageError('a task and --all exclude each other');
  if (args.length > 2) throw new UsageError('logs takes one job and one task, or --all');
  const attempt = options.whole('attempt');
  refuseContradiction(options, attempt);
  const client = await context.client();
  const namespace = await context.namespace();
  const work: Work = { context, client, options, tail: options.whole('tail') };
  if (all) return exitCode(await showAll(work, namespace, job));
  const name = task ?? (await onlyTask(client, namespace, job));
  return exitCode(await showOne(work, { namespace, job, task: name, attempt }));
}

function exitCode(isComplete: boolean): number {
  return isComplete ? EXIT.ok : EXIT.error;
}

/** @throws UsageError */
function refuseContradiction(options: Options, attempt: number | undefined): void {
  const [previous, follow] = [options.flag('previous'), options.flag('follow')];
  const one = attempt !== undefined;
  if (previous && one) throw new UsageError('--previous and --attempt exclude each other');
  if (follow && (previous || one)) {
    throw new UsageError('what an attempt has written cannot be followed: leave --follow out');
  }
  if (one && options.flag('all')) throw new UsageError('--attempt is of one task: leave --all out');
}

/** @returns false when the output could not be read. */
async function showOne(work: Work, ref: TaskRef): Promise<boolean> {
  const { task, as } = await show(work, ref);
  if (as === 'silent' && work.tail !== 0) {
    const stream = work.options.text('stream');
    say(work, `task ${task} has written nothing${stream === undefined ? '' : ` to ${stream}`}`);
  }
  return as !== 'unreadable';
}

/**
 * One task after the other; with --follow several at a time, those that have begun first.
 * @returns false when the output of one could not be read, which does not keep back that of the others.
 */
async function showAll(work: Work, namespace: string, job: string): Promise<boolean> {
  const tasks = await allTasks(work.client, namespace, job);
  const refTo = ({ name }: Task): TaskRef => ({ namespace, job, task: name });
  if (work.options.flag('previous')) return showAllPrevious(work, tasks.map(refTo));
  const begun = tasks.filter(({ attempts }) => attempts > 0);
  const others = tasks.filter(({ attempts }) => attempts === 0);
  let isComplete = true;
  const showTask = async (task: Task): Promise<void> => {
    if (!(await isShown(work, refTo(task)))) isComplete = false;
  };
  if (work.options.flag('follow')) {
    await eachInOrder([...begun, ...others], FOLLOWED_AT_ONCE, showTask);
    return isComplete;
  }
  await eachInOrder(begun, 1, showTask);
  for (const phase of new Set(others.map((task) => task.phase))) {
    const alike = others.filter((task) => task.phase === phase).map(refTo);
    if (!(await tellOfUnbegun(work, alike))) isComplete = false;
  }
  return isComplete;
}

/** Of those tasks that had an attempt before; most have not. */
async function showAllPrevious(work: Work, tasks: readonly TaskRef[]): Promise<boolean> {
  let isComplete = true;
  for (const ref of tasks) {
    const attempt = previousAttempt(await readAttempts(work.client, ref));
    if (attempt === undefined) continue;
    const stored = await readLog(work.client, { ...ref, attempt });
    const writer = writerFor(work, ref);
    await writeLog(stored, writer, work.tail);
    if (stored.log === 'unavailable') isComplete = false;
  }
  return isComplete;
}

/**
 * In one line, with what is said of the first: what keeps the others from beginning is the same, for it is
 * the job's.
 * @returns false when they will have no output any more.
 */
async function tellOfUnbegun(work: Work, [first, ...others]: readonly TaskRef[]): Promise<boolean> {
  if (first === undefined) return true;
  const { log, log_reason } = await readLog(work.client, first);
  const who = others.length === 0 ? `task ${first.task} has` : `${1 + others.length} tasks have`;
  const what = log === 'unavailable' ? 'no output' : 'no output yet';
  say(work, `${who} ${what}${log_reason === undefined ? '' : `: ${log_reason}`}`);
  return log !== 'unavailable';
}

async function isShown(work: Work, ref: TaskRef): Promise<boolean> {
  try {
    return (await show(work, ref)).as !== 'unreadable';
  } catch (error) {
    if (!(error instanceof ApiError) || error.status < 500) throw error;
    say(work, `task ${ref.task}: ${error.message}`);
    return false;
  }
}

function say({ context }: Work, line: string): void {
  context.say(`swarmerctl: ${terminalSafe(line)}`);
}

function show(work: Work, ref: TaskRef): Promise<Shown> {
  return work.options.flag('follow') ? follow(work, ref) : showStored(work, ref);
}

async function showStored(work: Work, given: TaskRef): Promise<Shown> {
  const ref = work.options.flag('previous') ? await previousOf(work, given) : given;
  const stored = await readLog(work.client, ref);
  const writer = writerFor(work, ref);
  await writeLog(stored, writer, work.tail);
  return waitsAgain(stored) ? { task: stored.task, as: 'shown' } : shownBy(writer, stored);
}

/** @throws CliError when there was no attempt before. */
async function previousOf({ client }: Work, ref: TaskRef): Promise<TaskRef> {
  const attempt = previousAttempt(await readAttempts(client, ref));
  if (attempt !== undefined) return { ...ref, attempt };
  throw new CliError(`task ${ref.task} had no attempt before`, EXIT.notFound);
}

async function follow(work: Work, ref: TaskRef): Promise<Shown> {
  const { client, context, tail } = work;
  // How many lines there are is only known to who has them: what is there now is read first.
  const skip = tail === undefined ? undefined : skipFor(await readLog(client, ref), tail);
  const writer = writerFor(work, ref, skip);
  try {
    const end = await followTask(client, ref, writer, context.signal);
    for (const note of endNotes(end)) writer.note(note);
    return shownBy(writer, end);
  } finally {
    await writer.end();
  }
}

function shownBy(writer: OutputWriter, { task, log }: Pick<TaskOutput, 'task' | 'log'>): Shown {
  if (log === 'unavailable') return { task, as: 'unreadable' };
  const isKnown = log !== 'pending' && log !== 'partial';
  return { task, as: writer.isSilent && isKnown ? 'silent' : 'shown' };
}

function writerFor({ context, options }: Work, { task }: TaskRef, skip?: OutputOptions['skip']) {
  const only = options.text('stream');
  return new OutputWriter(context.io, context.signal, {
    only: only === 'stdout' || only === 'stderr' ? only : undefined,
    prefix: options.flag('prefix') ? `[${task}] ` : undefined,
    byLine: options.flag('all'),
    tellsPending: true,
    skip,
  });
}
