import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { CliError, systemCode } from './errors.ts';
import type { Env } from './io.ts';

/** A server under a name, as kubectl has it. */
export interface ConfigContext {
  name: string;
  server?: string;
  token?: string;
  namespace?: string;
}

export interface ConfigFile {
  currentContext?: string;
  contexts: ConfigContext[];
}

/** Tokens are in it: nobody else may read it. */
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;
const MEMBERS = ['name', 'server', 'token', 'namespace'] as const;

/** `SWARMER_CONFIG`, else `swarmer/config.yaml` in the directory for settings. */
export function configPath(env: Env): string {
  if (env['SWARMER_CONFIG']) return env['SWARMER_CONFIG'];
  const home = env['HOME'] || homedir();
  return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'swarmer', 'config.yaml');
}

/**
 * What the file holds; no context when there is no file.
 * @throws CliError when it cannot be read, or is not in our form.
 */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw new CliError(`the config file ${path} cannot be read: ${String(error)}`);
  });
  if (text === undefined) return { contexts: [] };
  const { parse } = await import('./output/yaml.ts');
  try {
    return shaped(parse(text));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(`the config file ${path} is not valid: ${why}`);
  }
}

/** Replaces the file in one step: a reader sees the old one or the new one. */
export async function writeConfigFile(path: string, file: ConfigFile): Promise<void> {
  const { stringify } = await import('./output/yaml.ts');
  const body = stringify({ apiVersion: 'swarmer/v1', kind: 'Config', ...file });
  await mkdir(dirname(path), { recursive: true, mode: DIRECTORY_MODE });
  const fresh = `${path}.${process.pid}.new`;
  try {
    // A file left by a run that died is not taken over: its mode might be another.
    await rm(fresh, { force: true });
    const handle = await open(fresh, 'wx', FILE_MODE);
    try {
      await handle.writeFile(body);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw new CliError(`the config file ${path} cannot be written: ${String(error)}`);
  }
}

function shaped(parsed: unknown): ConfigFile {
  if (parsed === null || parsed === undefined) return { contexts: [] };
  if (!isRecord(parsed)) throw new Error('it must be an object with "contexts"');
  const { currentContext, contexts = [] } = parsed;
  if (!Array.isArray(contexts)) throw new Error('"contexts" must be a list');
  return {
    ...(currentContext === undefined
      ? {}
      : { currentContext: text(currentContext, 'currentContext') }),
    contexts: contexts.map(contextOf),
  };
}

function contextOf(entry: unknown, index: number): ConfigContext {
  const place = `contexts[${index}]`;
  if (!isRecord(entry)) throw new Error(`${place} must be an object with "name"`);
  const context: ConfigContext = { name: text(entry['name'], `${place}.name`) };
  for (const member of MEMBERS) {
    const value = entry[member];
    if (value !== undefined && value !== null) context[member] = text(value, `${place}.${member}`);
  }
  return context;
}

function text(value: unknown, place: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`${place} must be a text that is not empty`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
