import type { Context } from '../context.ts';
import type { Options } from '../options.ts';
import { printNodes } from '../read/nodes.ts';

/** Lists the nodes of the swarm. */
export function run(context: Context, _: readonly string[], options: Options): Promise<undefined> {
  return printNodes(context, options);
}
