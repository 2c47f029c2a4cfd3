import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { Options } from '../options.ts';
import { parseFormat } from '../output/format.ts';
import { type Named, printData } from '../output/print-data.ts';
import { jobPath } from '../path.ts';
import type { CallbackDetails } from '../resources.ts';

/** Shows the state of a job's callback, and how its deliveries went. */
export async function run(
  context: Context,
  args: readonly string[],
  options: Options,
): Promise<undefined> {
  const format = parseFormat(options.text('output') ?? 'yaml');
  if (format.kind === 'table') throw new UsageError('a callback is shown as yaml or json');
  const client = await context.client();
  const path = jobPath(await context.namespace(), args[0] ?? '', ['callback']);
  await printData(context, format, await client.get<CallbackDetails & Named>(path));
  return undefined;
}
