import { configPath, readConfigFile } from '../config-file.ts';
import type { Context } from '../context.ts';
import type { Options } from '../options.ts';
import type { Column } from '../output/column.ts';
import { Table } from '../output/table.ts';

interface Row {
  current: boolean;
  name: string;
  server?: string;
  namespace?: string;
  token?: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { header: 'CURRENT', value: ({ current }) => (current ? '*' : '') },
  { header: 'NAME', value: ({ name }) => name },
  { header: 'SERVER', value: ({ server }) => server ?? '' },
  { header: 'NAMESPACE', value: ({ namespace }) => namespace ?? '' },
  { header: 'TOKEN', value: ({ token }) => (token === undefined ? '' : 'set') },
];

/** Lists the contexts of the config file. */
export async function run(
  context: Context,
  _: readonly string[],
  options: Options,
): Promise<undefined> {
  const path = configPath(context.io.env);
  const { contexts, currentContext } = await readConfigFile(path);
  if (options.text('output') === 'name') {
    for (const { name } of contexts) context.printLine(name);
    return undefined;
  }
  if (contexts.length === 0) {
    context.say(
      `${path} has no contexts. Add one: swarmerctl config set-context NAME --server URL`,
    );
    return undefined;
  }
  const rows = contexts.map((one) => ({ ...one, current: one.name === currentContext }));
  await new Table(context, COLUMNS).print(rows);
  return undefined;
}
