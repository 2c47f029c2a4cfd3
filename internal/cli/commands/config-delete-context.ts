import { changeConfig, requireContext } from '../change-contexts.ts';
import type { Context } from '../context.ts';

/** Removes a context; when it was the current one, there is none then. */
export async function run(context: Context, args: readonly string[]): Promise<undefined> {
  const [name = ''] = args;
  await changeConfig(context, (file, path) => {
    const gone = requireContext(file, name, path);
    const { currentContext, contexts } = file;
    const rest = contexts.filter((one) => one !== gone);
    return currentContext === undefined || currentContext === name
      ? { contexts: rest }
      : { currentContext, contexts: rest };
  });
  context.say(`Context "${name}" is deleted.`);
  return undefined;
}
