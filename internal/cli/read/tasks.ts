import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { pages } from '../list-objects.ts';
import type { Options } from '../options.ts';
import { TASK_COLUMNS } from '../output/columns.ts';
import { parseFormat } from '../output/format.ts';
import { ObjectPrinter } from '../output/object-printer.ts';
import { jobPath } from '../path.ts';
import type { Task } from '../resources.ts';

const PAGE = 500;

/** Lists the tasks of a job. */
export async function printTasks(
  context: Context,
  options: Options,
  job: string,
): Promise<undefined> {
  if (options.flag('watch')) {
    throw new UsageError(`tasks cannot be watched; use: swarmerctl events ${job} -w`);
  }
  const phase = phaseOf(options.text('fieldSelector'));
  const printer = new ObjectPrinter<Task>(
    context,
    parseFormat(options.text('output')),
    TASK_COLUMNS,
    {
      noHeaders: options.negated('headers'),
    },
  );
  const [client, namespace] = [await context.client(), await context.namespace()];
  const pathOf = (token: string | undefined) =>
    jobPath(namespace, job, ['tasks'], { limit: PAGE, continue: token, phase });
  for await (const { items } of pages<Task>(client, pathOf)) await printer.add(items);
  await printer.end((tasks) => ({
    apiVersion: 'swarmer/v1',
    kind: 'TaskList',
    items: tasks.map(({ name, ...task }) => ({ kind: 'Task', metadata: { name }, ...task, name })),
  }));
  if (printer.count === 0) context.say(`There are no such tasks in job "${job}".`);
  return undefined;
}

function phaseOf(selector: string | undefined): string | undefined {
  if (selector === undefined) return undefined;
  const phase = /^(?:status\.)?phase==?(\w+)$/.exec(selector)?.[1];
  if (phase !== undefined) return phase;
  throw new UsageError(`tasks are selected by --field-selector phase=Failed, not by "${selector}"`);
}
