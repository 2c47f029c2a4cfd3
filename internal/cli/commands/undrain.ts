import type { Context } from '../context.ts';
import { postToNodes } from '../steer/each-node.ts';

/** Has nodes take tasks again. */
export async function run(context: Context, args: readonly string[]): Promise<number> {
  const done = 'to be active again';
  return (await postToNodes(context, args, { verb: 'undrain', done })).code;
}
