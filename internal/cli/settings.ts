import { type ConfigContext, type ConfigFile, configPath, readConfigFile } from './config-file.ts';
import { UsageError } from './errors.ts';
import type { Env } from './io.ts';
import type { Options } from './options.ts';

const DEFAULT_SERVER = 'http://127.0.0.1:8500';
const DEFAULT_NAMESPACE = 'default';
const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;

/** Where requests go, and as whom. */
export interface Settings {
  server: URL;
  token: string | undefined;
  namespace: string;
  /** Ms until a request without an answer fails; streams are not bound by it. 0: never. */
  requestTimeoutMs: number;
}

/**
 * The settings of one run. Options come first, then a context named by `--context`, then
 * `SWARMER_SERVER` and `SWARMER_TOKEN`, then the current context.
 *
 * The token of a context is sent to the server of that context alone.
 * @throws UsageError when the context or the server's address cannot be used.
 */
export async function readSettings(env: Env, options: Options): Promise<Settings> {
  const named = options.text('context');
  const path = configPath(env);
  const context = chosen(await readConfigFile(path), named, path);
  const asked = options.text('server');
  const fromEnv = named === undefined ? nonEmpty(env['SWARMER_SERVER']) : undefined;
  const isOfContext = asked === undefined && fromEnv === undefined;
  const token = isOfContext ? context?.token : undefined;
  const envToken = nonEmpty(env['SWARMER_TOKEN']);
  return {
    server: serverUrl(asked ?? fromEnv ?? context?.server ?? DEFAULT_SERVER),
    token:
      options.text('token') ?? (named === undefined ? (envToken ?? token) : (token ?? envToken)),
    namespace: options.text('namespace') ?? context?.namespace ?? DEFAULT_NAMESPACE,
    requestTimeoutMs: options.duration('requestTimeout') ?? DEFAULT_REQUEST_TIMEOUT_MS,
  };
}

function chosen(
  file: ConfigFile,
  named: string | undefined,
  path: string,
): ConfigContext | undefined {
  const name = named ?? file.currentContext;
  const found = file.contexts.find((context) => context.name === name);
  if (found !== undefined || name === undefined) return found;
  const known = file.contexts.map((context) => `"${context.name}"`).join(', ') || 'none';
  throw new UsageError(`there is no context "${name}" in ${path}; it has ${known}`);
}

/** @throws UsageError unless the text is an address of http or https. */
export function serverUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new UsageError(`the server must be given as ${DEFAULT_SERVER} or alike, not "${text}"`);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
