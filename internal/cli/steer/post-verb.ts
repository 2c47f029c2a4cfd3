import type { Context } from '../context.ts';
import { type ObjectKind, singular } from '../kinds.ts';
import type { Options } from '../options.ts';
import { terminalSafe } from '../output/terminal-safe.ts';
import { apiPath } from '../path.ts';
import { eachOfAll } from './each-target.ts';

/** A verb of the API that has no body. */
interface Action {
  /** The last part of the path. */
  verb: string;
  /** What is then said of the object, such as `cancelled`. */
  done: string;
  kinds: readonly [ObjectKind, ...ObjectKind[]];
}

/** Posts the verb to every object that is named or selected. */
export async function postVerb(
  context: Context,
  args: readonly string[],
  options: Options,
  { verb, done, kinds }: Action,
): Promise<number> {
  const client = await context.client();
  return eachOfAll(context, args, options, kinds, async ({ kind, namespace, name }) => {
    await client.send('POST', apiPath(['namespaces', namespace, kind, name, verb]));
    context.printLine(terminalSafe(`${singular(kind)}/${name} ${done}`));
  });
}
