import { changeConfig, requireContext } from '../change-contexts.ts';
import type { Context } from '../context.ts';

/** Makes a context the current one. */
export async function run(context: Context, args: readonly string[]): Promise<undefined> {
  const [name = ''] = args;
  await changeConfig(context, (file, path) => {
    requireContext(file, name, path);
    return { ...file, currentContext: name };
  });
  context.say(`The current context is now "${name}".`);
  return undefined;
}
