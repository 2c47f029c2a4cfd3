import type { Context } from '../context.ts';
import { CliError, Interrupted, UsageError } from '../errors.ts';
import type { Options } from '../options.ts';
import { terminalSafe } from '../output/terminal-safe.ts';
import { apiPath } from '../path.ts';
import type { ServerVersion } from '../resources.ts';

interface Versions {
  client: string;
  /** Absent when it was not asked, or did not answer. */
  server?: string;
}

/** Prints the version of this program, and of the server if that answers. */
export async function run(
  context: Context,
  _: readonly string[],
  options: Options,
): Promise<undefined> {
  const versions: Versions = { client: context.io.version };
  if (!options.flag('client')) {
    const server = await serverVersion(context);
    if (server !== undefined) versions.server = server;
  }
  await print(context, versions, options.text('output'));
  return undefined;
}

async function serverVersion(context: Context): Promise<string | undefined> {
  const client = await context.client();
  try {
    return (await client.get<ServerVersion>(apiPath(['version']))).version;
  } catch (error) {
    if (!(error instanceof CliError) || error instanceof Interrupted) throw error;
    context.say(terminalSafe(`The server does not tell its version: ${error.message}`));
    return undefined;
  }
}

async function print(context: Context, versions: Versions, form: string | undefined) {
  if (form === undefined) {
    context.printLine(`client: ${versions.client}`);
    if (versions.server !== undefined)
      context.printLine(terminalSafe(`server: ${versions.server}`));
  } else if (form === 'json') {
    context.printLine(JSON.stringify(versions));
  } else if (form === 'yaml') {
    const { stringify } = await import('../output/yaml.ts');
    context.print(stringify(versions));
  } else {
    throw new UsageError(`versions are shown as json or yaml, not as "${form}"`);
  }
}
