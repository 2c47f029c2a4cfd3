import type { Context } from '../context.ts';
import type { Options } from '../options.ts';
import { printEvents } from '../read/events.ts';

/** Shows what happened to a job. */
export function run(
  context: Context,
  args: readonly string[],
  options: Options,
): Promise<undefined> {
  return printEvents(context, options, (args[0] ?? '').replace(/^jobs?\//, ''));
}
