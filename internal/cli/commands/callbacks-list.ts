import type { Context } from '../context.ts';
import type { Options } from '../options.ts';
import { printCallbacks } from '../read/callbacks.ts';

/** Lists callbacks. */
export function run(context: Context, _: readonly string[], options: Options): Promise<undefined> {
  return printCallbacks(context, options);
}
