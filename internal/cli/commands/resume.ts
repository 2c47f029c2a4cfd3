import type { Context } from '../context.ts';
import type { Options } from '../options.ts';
import { isFinished, postVerb } from '../steer/post-verb.ts';

/** Undoes suspend. */
export function run(context: Context, args: readonly string[], options: Options): Promise<number> {
  return postVerb(context, args, options, {
    verb: 'resume',
    done: 'resumed',
    kinds: ['jobs', 'cronjobs'],
    objection: isFinished,
  });
}
