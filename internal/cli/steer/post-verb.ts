import type { Context } from '../context.ts';
import { singular } from '../kinds.ts';
import type { Options } from '../options.ts';
import { terminalSafe } from '../output/terminal-safe.ts';
import { apiPath } from '../path.ts';
import type { Resource } from '../resources.ts';
import { eachTarget, type Steering } from './each-target.ts';

/** A verb of the API that has no body. */
interface Action extends Omit<Steering, 'act'> {
  /** The last part of the path. */
  verb: string;
  /** What is then said of the object, such as `cancelled`. */
  done: string;
}

/** Posts the verb to every object that is named or selected. */
export async function postVerb(
  context: Context,
  args: readonly string[],
  options: Options,
  { verb, done, ...steering }: Action,
): Promise<number> {
  const client = await context.client();
  return eachTarget(context, args, options, {
    ...steering,
    async act({ kind, namespace, name }) {
      await client.send('POST', apiPath(['namespaces', namespace, kind, name, verb]));
      context.printLine(terminalSafe(`${singular(kind)}/${name} ${done}`));
    },
  });
}

/** What stands in the way of verbs on jobs that run. */
export function isFinished(object: Resource): string | undefined {
  return object.kind === 'Job' && object.status.phase !== 'Running' ? 'is finished' : undefined;
}

/** What stands in the way of verbs on jobs that are finished. */
export function isRunning(object: Resource): string | undefined {
  return object.kind === 'Job' && object.status.phase === 'Running' ? 'is not finished' : undefined;
}
