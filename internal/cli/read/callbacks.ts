import type { Context } from '../context.ts';
import { pages } from '../list-objects.ts';
import type { Options } from '../options.ts';
import { CALLBACK_COLUMNS } from '../output/columns.ts';
import { parseFormat } from '../output/format.ts';
import { ObjectPrinter } from '../output/object-printer.ts';
import { apiPath } from '../path.ts';
import type { Callback } from '../resources.ts';

const PAGE = 200;

/** Lists the callbacks of all namespaces, or those in one state. */
export async function printCallbacks(context: Context, options: Options): Promise<undefined> {
  const format = parseFormat(options.text('output'));
  const printer = new ObjectPrinter<Callback>(context, format, CALLBACK_COLUMNS, {
    noHeaders: options.negated('headers'),
  });
  const client = await context.client();
  const state = options.text('state');
  const pathOf = (token: string | undefined) =>
    apiPath(['callbacks'], { state, limit: PAGE, continue: token });
  for await (const { items } of pages<Callback>(client, pathOf)) await printer.add(items);
  await printer.end((all) => ({
    apiVersion: 'swarmer/v1',
    kind: 'CallbackList',
    items: all.map(({ namespace, name, uid, ...rest }) => ({
      kind: 'Callback',
      metadata: { namespace, name, uid },
      ...rest,
    })),
  }));
  if (printer.count === 0)
    context.say(`There are no callbacks${state ? ` that are ${state}` : ''}.`);
  return undefined;
}
