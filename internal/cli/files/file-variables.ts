import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import type { Options } from '../options.ts';

/**
 * The variables of the files of `--env-file`, those of later files above those of earlier ones.
 * @throws CliError with all that is wrong with a file.
 */
export async function fileVariables(
  context: Context,
  options: Options,
): Promise<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const path of options.list('envFile')) {
    Object.assign(variables, await variablesOf(path, context));
  }
  return variables;
}

async function variablesOf(path: string, { io }: Context): Promise<Record<string, string>> {
  const { nodeFiles, readEnvFile } = await import('../../manifest/index.ts');
  const options = { access: nodeFiles(io.stdin), lookup: (name: string) => io.env[name] };
  const { env, problems } = await readEnvFile(path, options);
  if (problems.length > 0) throw new CliError(problems.map((it) => `${path}: ${it}`).join('\n'));
  return env;
}
