import {
  type ConfigContext,
  type ConfigFile,
  configPath,
  readConfigFile,
  writeConfigFile,
} from './config-file.ts';
import type { Context } from './context.ts';
import { CliError, EXIT } from './errors.ts';

/** Reads the config file, changes it, and writes it back. */
export async function changeConfig(
  context: Context,
  change: (file: ConfigFile, path: string) => ConfigFile,
): Promise<void> {
  const path = configPath(context.io.env);
  await writeConfigFile(path, change(await readConfigFile(path), path));
}

/** @throws CliError when there is no such context. */
export function requireContext(file: ConfigFile, name: string, path: string): ConfigContext {
  const found = file.contexts.find((context) => context.name === name);
  if (found !== undefined) return found;
  const known = file.contexts.map((context) => `"${context.name}"`).join(', ') || 'none';
  throw new CliError(`there is no context "${name}" in ${path}; it has ${known}`, EXIT.notFound);
}
