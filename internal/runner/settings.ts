import { DEFAULT_OUTPUT_LIMIT_BYTES } from '../apis/output.ts';
import type { Env } from './env.ts';

/** Where the result goes. `url` holds a token: show its origin, never all of it. */
export interface Target {
  url: URL;
  taskName: string;
}

export interface Settings {
  /** What is kept of each stream. */
  outputLimitBytes: number;
  /** How long to try to deliver the report, over all tries. */
  reportTimeoutMs: number;
  /** Absent when there is nobody to report to. */
  target?: Target;
  /** What was wrong and ignored, one line each. */
  warnings: string[];
}

const OUTPUT_LIMIT = { fallback: DEFAULT_OUTPUT_LIMIT_BYTES, max: 64 * 1024 * 1024 };
const REPORT_TIMEOUT = { fallback: 60, max: 24 * 60 * 60 };

/** A setting of the runner must not cost the task its run: a wrong one is said and not used. */
function readInteger(
  env: Env,
  name: string,
  rule: typeof OUTPUT_LIMIT,
  warnings: string[],
): number {
  const text = env[name];
  if (text === undefined || text === '') return rule.fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= rule.max) return value;
  const allowed = `an integer from 0 to ${rule.max}`;
  warnings.push(`${name} is ${JSON.stringify(text)}, not ${allowed}; using ${rule.fallback}`);
  return rule.fallback;
}

function readTarget(env: Env, warnings: string[]): Target | undefined {
  const address = env['SWARMER_ADDRESS'];
  const taskName = env['TASK_NAME'];
  if (!address) return undefined;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    warnings.push('SWARMER_ADDRESS is not an http or https URL; the result will not be reported');
    return undefined;
  }
  if (taskName) return { url, taskName };
  warnings.push('SWARMER_ADDRESS is set, TASK_NAME is not; the result will not be reported');
  return undefined;
}

/** Reads the runner's settings. Never throws: see {@link Settings.warnings}. */
export function readSettings(env: Env): Settings {
  const warnings: string[] = [];
  const target = readTarget(env, warnings);
  const seconds = readInteger(env, 'SWARMER_REPORT_TIMEOUT_SECONDS', REPORT_TIMEOUT, warnings);
  return {
    outputLimitBytes: readInteger(env, 'SWARMER_OUTPUT_LIMIT_BYTES', OUTPUT_LIMIT, warnings),
    reportTimeoutMs: seconds * 1000,
    ...(target ? { target } : {}),
    warnings,
  };
}
