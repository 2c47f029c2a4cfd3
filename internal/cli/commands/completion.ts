import { SCRIPTS } from '../completion/scripts.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';

/** Prints the completion script of a shell. */
export async function run(context: Context, args: readonly string[]): Promise<undefined> {
  const [shell = ''] = args;
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell as keyof typeof SCRIPTS] : undefined;
  if (script === undefined) {
    throw new UsageError(`there is no completion for "${shell}"; there is for bash, zsh and fish`);
  }
  context.print(script);
  return undefined;
}
