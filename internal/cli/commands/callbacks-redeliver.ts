import type { Context } from '../context.ts';
import type { Options } from '../options.ts';
import type { Resource } from '../resources.ts';
import { isRunning, postVerb } from '../steer/post-verb.ts';

/** Sends the callback of finished jobs once more: the same bytes. */
export function run(context: Context, args: readonly string[], options: Options): Promise<number> {
  return postVerb(context, args, options, {
    verb: 'redeliver',
    done: 'to be redelivered',
    kinds: ['jobs'],
    objection: (object) => isRunning(object) ?? hasNoCallback(object),
  });
}

function hasNoCallback({ spec }: Resource): string | undefined {
  return 'callback' in spec ? undefined : 'has no callback';
}
