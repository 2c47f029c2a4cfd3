import type { Context } from '../context.ts';
import { cronJobManifest } from '../files/create-manifest.ts';
import { createOne } from '../files/create-one.ts';
import type { Options } from '../options.ts';

/** Makes a cron job of options. */
export function run(context: Context, args: readonly string[], options: Options): Promise<number> {
  return createOne(context, args, options, cronJobManifest);
}
