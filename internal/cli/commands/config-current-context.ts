import { configPath, readConfigFile } from '../config-file.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';

/** Prints the name of the current context. */
export async function run(context: Context): Promise<undefined> {
  const path = configPath(context.io.env);
  const { currentContext } = await readConfigFile(path);
  if (currentContext === undefined) {
    throw new CliError(
      `${path} has no current context; set it: swarmerctl config use-context NAME`,
    );
  }
  context.printLine(currentContext);
  return undefined;
}
