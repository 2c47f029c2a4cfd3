import type { Context } from '../context.ts';
import type { Options } from '../options.ts';
import { NODE_COLUMNS } from '../output/columns.ts';
import { parseFormat } from '../output/format.ts';
import { ObjectPrinter } from '../output/object-printer.ts';
import { apiPath } from '../path.ts';
import type { Cluster } from '../resources.ts';

/** Lists the nodes of the swarm, as the controller saw them last. */
export async function printNodes(context: Context, options: Options): Promise<undefined> {
  const format = parseFormat(options.text('output'));
  const printer = new ObjectPrinter<Cluster['nodes'][number]>(context, format, NODE_COLUMNS, {
    noHeaders: options.negated('headers'),
  });
  const client = await context.client();
  const { nodes } = await client.get<Cluster>(apiPath(['cluster']));
  await printer.add(nodes);
  await printer.end((all) => ({
    apiVersion: 'swarmer/v1',
    kind: 'NodeList',
    items: all.map((node) => ({ kind: 'Node', metadata: { name: node.hostname }, ...node })),
  }));
  if (printer.count === 0) context.say('The controller has not yet told of any node.');
  return undefined;
}
