import { configPath, readConfigFile } from '../config-file.ts';
import type { Context } from '../context.ts';

/** Prints the config file, its tokens left out. */
export async function run(context: Context): Promise<undefined> {
  const { stringify } = await import('../output/yaml.ts');
  const { contexts, ...file } = await readConfigFile(configPath(context.io.env));
  const shown = contexts.map((one) =>
    one.token === undefined ? one : { ...one, token: 'REDACTED' },
  );
  context.print(stringify({ ...file, contexts: shown }));
  return undefined;
}
