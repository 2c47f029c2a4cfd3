import type { Logger } from 'pino';
import { openAccess, parseAccess, TokenAccess, type TokenEntry } from '../access/index.ts';
import { ProblemList } from '../apis/validation/index.ts';
import type { Clock } from '../clock/clock.ts';
import { type Settings, SettingsError } from '../config/index.ts';
import { type ApiOptions, KnownHosts, type OperatorFile, RateLimits } from '../httpapi/index.ts';
import { FileProblems, LiveFile, type ParseValue } from '../livefile/index.ts';
import { apiHost, isLoopback } from './addresses.ts';
import { openAuditLog } from './audit-log.ts';

const NO_POLICY =
  'without a policy its jobs may use the networks, secrets, configs and volumes of all others: set SWARMER_POLICY ' +
  'to a policy file, of the API and of every controller (manifests/policy-stack.yaml is one), or to "none" when ' +
  'they are to share them';

/** Requests a second of one caller: more than people and their programs need, less than hurts. */
const DEFAULT_RATE_LIMIT = 500;

/**
 * How often the API may be used. Unless the operator has said how much is too much, programs of this
 * machine are trusted: without tokens they are the only ones that reach it.
 */
function rateLimits({ rateLimit, authFailureLimit }: Settings): RateLimits {
  return new RateLimits({
    perCaller: rateLimit ?? DEFAULT_RATE_LIMIT,
    countLoopback: rateLimit !== undefined,
    perIntruder: authFailureLimit,
  });
}

/** Who may use the API and how often, kept up to date, and where it is noted what they do. */
export interface AccessControl {
  api: Pick<ApiOptions, 'access' | 'limits' | 'audit' | 'hosts'>;
  files: OperatorFile[];
  /** Looks for changes until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Looks at once, and takes what there is. */
  reload(): Promise<void>;
}

export interface AccessOptions {
  /** Which parts the process runs: the controller has no API. */
  role: string;
  settings: Settings;
  clock: Clock;
  log: Logger;
}

/**
 * @throws SettingsError when the access file or the audit log of the settings cannot be used, or when everybody
 *   could do everything and that was not asked for.
 */
export async function openAccessControl(options: AccessOptions): Promise<AccessControl> {
  const { role, settings, clock, log } = options;
  const { apiTokens, accessFile: path } = settings;
  const tokens = new TokenAccess(apiTokens);
  const limits = rateLimits(settings);
  const audit = role === 'controller' ? { write() {} } : openAuditLog(settings, log);
  const none = { files: [], run: async () => {}, reload: async () => {} };
  if (role === 'controller') return { api: { access: tokens, limits, audit }, ...none };
  if (path === undefined && apiTokens.length === 0) {
    const hosts = openTo(settings, log);
    return { api: { access: openAccess, limits, audit, hosts }, ...none };
  }
  if (path === undefined) return { api: { access: tokens, limits, audit }, ...none };
  const file = await LiveFile.open({
    ...{
      path,
      parse: settings.policy === undefined ? parseWithoutPolicy : parseAccess,
      clock,
      log,
    },
    changed: (entries) => tokens.use(entries),
  }).catch(refuseSettings);
  tokens.use(file.value);
  log.info({ file: path, tokens: file.value.length }, 'tokens of the access file are in force');
  const api = { access: tokens, limits, audit };
  const problems = () => file.problem?.problems ?? [];
  return {
    ...{ api, files: [{ name: 'access-file', problems }] },
    run: (signal) => file.run(signal),
    reload: () => file.reload(),
  };
}

/** Who gives namespaces to different people expects that they are kept apart: a policy alone does that. */
const parseWithoutPolicy: ParseValue<TokenEntry[]> = (value) => {
  const read = parseAccess(value);
  if (!read.ok) return read;
  const problems = new ProblemList();
  for (const [index, { role, namespaces }] of read.value.entries()) {
    if (namespaces === '*' || role === 'view') continue;
    problems.add(['tokens', index, 'namespaces'], () => NO_POLICY);
  }
  return problems.total > 0 ? problems.failure() : read;
};

/** Who asks an API without tokens does so as its operator: only this machine, unless more was asked for. */
function openTo(settings: Settings, log: Logger): KnownHosts {
  const host = apiHost(settings);
  if (!isLoopback(host)) {
    if (!settings.allowAnonymousAdmin) throw new SettingsError([openToAll(host)]);
    log.warn({ host }, 'whoever reaches this server may do everything: it asks for no token');
  }
  return new KnownHosts(host, settings.allowedHosts);
}

function openToAll(host: string): string {
  return (
    `SWARMER_HOST: other machines reach ${host}, and without tokens whoever reaches the server may do everything; ` +
    'set SWARMER_ACCESS_FILE or SWARMER_API_TOKENS_FILE, or SWARMER_ALLOW_ANONYMOUS_ADMIN=true if that is meant'
  );
}

function refuseSettings(error: unknown): never {
  if (!(error instanceof FileProblems)) throw error;
  throw new SettingsError(error.problems.map((it) => `SWARMER_ACCESS_FILE: ${it}`));
}
