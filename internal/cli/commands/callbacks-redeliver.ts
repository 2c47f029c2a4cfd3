import type { Context } from '../context.ts';
import type { Options } from '../options.ts';
import { postVerb } from '../steer/post-verb.ts';

/** Sends the callback of finished jobs once more: the same bytes. */
export function run(context: Context, args: readonly string[], options: Options): Promise<number> {
  const action = { verb: 'redeliver', done: 'to be redelivered', kinds: ['jobs'] } as const;
  return postVerb(context, args, options, action);
}
