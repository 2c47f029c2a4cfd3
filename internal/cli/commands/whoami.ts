import type { Context } from '../context.ts';
import type { Options } from '../options.ts';
import { CALLER_COLUMNS } from '../output/columns.ts';
import { parseFormat } from '../output/format.ts';
import { ObjectPrinter } from '../output/object-printer.ts';
import { apiPath } from '../path.ts';
import type { Caller } from '../resources.ts';

/** Shows whom the token stands for, and what it may do. */
export async function run(
  context: Context,
  _: readonly string[],
  options: Options,
): Promise<undefined> {
  const format = parseFormat(options.text('output'));
  const printer = new ObjectPrinter<Caller>(context, format, CALLER_COLUMNS, {
    noHeaders: options.negated('headers'),
  });
  const client = await context.client();
  await printer.add([await client.get<Caller>(apiPath(['whoami']))]);
  await printer.end(([caller]) => ({
    ...{ apiVersion: 'swarmer/v1', kind: 'Caller', metadata: { name: caller?.name ?? '' } },
    ...caller,
  }));
  return undefined;
}
