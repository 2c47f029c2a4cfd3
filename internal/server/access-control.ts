import type { Logger } from 'pino';
import { openAccess, parseAccess, TokenAccess } from '../access/index.ts';
import type { Clock } from '../clock/clock.ts';
import { type Settings, SettingsError } from '../config/index.ts';
import { type ApiOptions, RateLimits, type ReadinessCheck } from '../httpapi/index.ts';
import { FileProblems, LiveFile } from '../livefile/index.ts';
import { openAuditLog } from './audit-log.ts';

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
  api: Pick<ApiOptions, 'access' | 'limits' | 'audit'>;
  checks: ReadinessCheck[];
  /** Looks for changes until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

export interface AccessOptions {
  /** Which parts the process runs: the controller has no API. */
  role: string;
  settings: Settings;
  clock: Clock;
  log: Logger;
}

/** @throws SettingsError when the access file or the audit log of the settings cannot be used. */
export async function openAccessControl(options: AccessOptions): Promise<AccessControl> {
  const { role, settings, clock, log } = options;
  const { apiTokens, accessFile: path } = settings;
  const tokens = new TokenAccess(apiTokens);
  const limits = rateLimits(settings);
  const audit = role === 'controller' ? { write() {} } : openAuditLog(settings, log);
  const none = { checks: [], run: async () => {} };
  if (path === undefined || role === 'controller') {
    return { api: { access: apiTokens.length > 0 ? tokens : openAccess, limits, audit }, ...none };
  }
  const file = await LiveFile.open({
    ...{ path, parse: parseAccess, clock, log },
    changed: (entries) => tokens.use(entries),
  }).catch(refuseSettings);
  tokens.use(file.value);
  log.info({ file: path, tokens: file.value.length }, 'tokens of the access file are in force');
  const api = { access: tokens, limits, audit };
  return { api, checks: [checkOf(file)], run: (signal) => file.run(signal) };
}

function refuseSettings(error: unknown): never {
  if (!(error instanceof FileProblems)) throw error;
  throw new SettingsError(error.problems.map((it) => `SWARMER_ACCESS_FILE: ${it}`));
}

/** What the file says is for the operator: whoever asks learns only that something is wrong with it. */
function checkOf(file: LiveFile<unknown>): ReadinessCheck {
  return {
    name: 'access-file',
    advisory: true,
    async check() {
      if (file.problem === undefined) return;
      throw new Error('it is faulty; the one before stays in force: the log has what is wrong');
    },
  };
}
