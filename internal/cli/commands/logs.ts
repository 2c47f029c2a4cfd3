import type { Client } from '../client.ts';
import type { Context } from '../context.ts';
import { EXIT, UsageError } from '../errors.ts';
import { followTask, type TaskRef } from '../follow/follow-task.ts';
import { eachInOrder } from '../follow/in-order.ts';
import { jobNameOf } from '../follow/job-name.ts';
import { type OutputOptions, OutputWriter } from '../follow/output-writer.ts';
import { readLog, skipFor, writeLog } from '../follow/stored-log.ts';
import { endNotes } from '../follow/task-end.ts';
import { allTasks, onlyTask } from '../follow/task-list.ts';
import type { Options } from '../options.ts';

/** Tasks that are followed at one time: a connection each. */
const FOLLOWED_AT_ONCE = 20;

interface Work {
  context: Context;
  client: Client;
  options: Options;
  tail: number | undefined;
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
  const client = await context.client();
  const namespace = await context.namespace();
  const work: Work = { context, client, options, tail: options.whole('tail') };
  const names = all
    ? await namesOfAll(work, namespace, job)
    : [task ?? (await onlyTask(client, namespace, job))];
  let complete = true;
  const atOnce = options.flag('follow') ? FOLLOWED_AT_ONCE : 1;
  await eachInOrder(names, atOnce, async (name) => {
    if (!(await show(work, { namespace, job, task: name }))) complete = false;
  });
  return complete ? EXIT.ok : EXIT.error;
}

/** Without --follow, what has not begun has nothing to show. */
async function namesOfAll({ client, options }: Work, namespace: string, job: string) {
  const tasks = await allTasks(client, namespace, job);
  const begun = tasks.filter(({ attempts, phase }) => attempts > 0 || phase !== 'Pending');
  return (options.flag('follow') ? tasks : begun).map(({ name }) => name);
}

/** @returns false when the output could not be read. */
function show(work: Work, ref: TaskRef): Promise<boolean> {
  return work.options.flag('follow') ? follow(work, ref) : showStored(work, ref);
}

async function showStored(work: Work, ref: TaskRef): Promise<boolean> {
  const log = await readLog(work.client, ref);
  return writeLog(log, writerFor(work, ref), work.tail);
}

async function follow(work: Work, ref: TaskRef): Promise<boolean> {
  const { client, context, tail } = work;
  // How many lines there are is only known to who has them: what is there now is read first.
  const skip = tail === undefined ? undefined : skipFor(await readLog(client, ref), tail);
  const writer = writerFor(work, ref, skip);
  try {
    const end = await followTask(client, ref, writer, context.signal);
    for (const note of endNotes(end)) writer.note(note);
    return end.log !== 'unavailable';
  } finally {
    await writer.end();
  }
}

function writerFor({ context, options }: Work, { task }: TaskRef, skip?: OutputOptions['skip']) {
  const only = options.text('stream');
  return new OutputWriter(context.io, context.signal, {
    only: only === 'stdout' || only === 'stderr' ? only : undefined,
    prefix: options.flag('prefix') ? `[${task}] ` : undefined,
    byLine: options.flag('all'),
    skip,
  });
}
