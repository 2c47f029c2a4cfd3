import type { Context } from '../context.ts';
import type { Options } from '../options.ts';
import { isFinished, postVerb } from '../steer/post-verb.ts';

/** Ends jobs: no task is started any more, and those that run are stopped. */
export function run(context: Context, args: readonly string[], options: Options): Promise<number> {
  return postVerb(context, args, options, {
    verb: 'cancel',
    done: 'cancelled',
    kinds: ['jobs'],
    objection: isFinished,
  });
}
