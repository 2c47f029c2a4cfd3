import type { Context } from '../context.ts';
import type { Options } from '../options.ts';
import { postVerb } from '../steer/post-verb.ts';

/** Runs the tasks of finished jobs again that failed or were cancelled. */
export function run(context: Context, args: readonly string[], options: Options): Promise<number> {
  return postVerb(context, args, options, {
    verb: 'retry',
    done: 'to be retried',
    kinds: ['jobs'],
  });
}
