import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { requireKind } from '../kinds.ts';
import type { Options } from '../options.ts';
import { printCallbacks } from '../read/callbacks.ts';
import { printEvents } from '../read/events.ts';
import { printNodes } from '../read/nodes.ts';
import { printObjects } from '../read/objects.ts';
import { printTasks } from '../read/tasks.ts';

const READABLE = ['jobs', 'cronjobs', 'tasks', 'events', 'nodes', 'callbacks'] as const;

/** Lists what the server has of a kind. */
export async function run(
  context: Context,
  args: readonly string[],
  options: Options,
): Promise<undefined> {
  const [word = '', ...names] = split(args);
  const kind = await requireKind(word, READABLE);
  if (kind === 'jobs' || kind === 'cronjobs') return printObjects(context, options, kind, names);
  if (kind === 'nodes') return printNodes(context, options);
  if (kind === 'callbacks') return printCallbacks(context, options);
  const [job, ...more] = names;
  if (job === undefined || more.length > 0) {
    throw new UsageError(`give one job: swarmerctl get ${kind} JOB`);
  }
  if (kind === 'events') return printEvents(context, options, job);
  return printTasks(context, options, job);
}

/** `job/report` is as good as `job report`. */
function split(args: readonly string[]): string[] {
  const [first = '', ...rest] = args;
  const slash = first.indexOf('/');
  if (slash < 0) return [first, ...rest];
  const kind = first.slice(0, slash);
  const names = args.map((arg) => {
    if (arg.startsWith(`${kind}/`)) return arg.slice(kind.length + 1);
    throw new UsageError(`"${arg}" must begin with "${kind}/" as the first name does`);
  });
  return [kind, ...names];
}
