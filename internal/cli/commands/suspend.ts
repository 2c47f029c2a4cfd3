import type { Context } from '../context.ts';
import type { Options } from '../options.ts';
import { isFinished, postVerb } from '../steer/post-verb.ts';

/** Lets jobs start no more tasks, or cron jobs make no more jobs. */
export function run(context: Context, args: readonly string[], options: Options): Promise<number> {
  return postVerb(context, args, options, {
    verb: 'suspend',
    done: 'suspended',
    kinds: ['jobs', 'cronjobs'],
    objection: isFinished,
  });
}
