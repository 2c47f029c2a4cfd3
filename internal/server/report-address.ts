import type { Logger } from 'pino';
import type { Clock } from '../clock/clock.ts';
import type { Settings } from '../config/index.ts';
import { isLoopback } from './addresses.ts';
import { ask } from './ask-health.ts';
import type { Role } from './server.ts';

interface ReportAddressOptions {
  role: Role;
  settings: Settings;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}

const CHECK =
  'set RUNNER_HOST_NAME and RUNNER_PORT, or SWARMER_REPORT_URL, to where an API of Swarmer is reached from ' +
  'containers, and SWARMER_HOST and SWARMER_PORT so that it listens there';
export const NO_ADDRESS = `tasks are told of no address to report to: ${CHECK}`;
export const OWN_LOOPBACK = `no task can report: its loopback is its container's own: ${CHECK}`;
export const NOBODY_ANSWERS = `no report of a task will arrive: nobody answers where tasks are told to report: ${CHECK}`;
export const NOT_SEEN_FROM_HERE =
  'where tasks are told to report nobody answers this controller, which need not be on their network';

/** Pauses before the tries, in ms. Where the own API is to answer it listens already; others may be starting. */
const OWN_TRIES_MS = [0, 1000, 4000];
const TRIES_MS = [0, 5000, 15_000, 40_000];
/** How long an answer may take, in ms. */
const LIMIT_MS = 5000;

/**
 * Says so when no report can arrive at the address that tasks are given: such a server would go by what clients
 * exit with, or have every task fail that must report. Never rejects.
 * @param baseUrl undefined when tasks are given none.
 */
export async function checkReportAddress(
  baseUrl: string | undefined,
  options: ReportAddressOptions,
): Promise<void> {
  const { role, settings, clock, log, signal } = options;
  // Tasks are given the address by the controller: an API without these settings can only guess it.
  const isGuess = settings.reportUrl === undefined && settings.runnerHost === undefined;
  if (role === 'api' && isGuess) return;
  if (baseUrl === undefined) {
    log.warn(NO_ADDRESS);
    return;
  }
  const url = `${baseUrl}/healthz`;
  if (isNobodys(baseUrl)) {
    log.warn({ url: baseUrl }, OWN_LOOPBACK);
    return;
  }
  let reason = '';
  for (const pauseMs of role === 'serve' ? OWN_TRIES_MS : TRIES_MS) {
    await clock.sleep(pauseMs, signal);
    if (signal.aborted) return;
    const answer = await answerOf(url, clock, signal);
    if (answer === undefined) return;
    reason = answer;
  }
  if (signal.aborted) return;
  if (role === 'controller' && settings.network !== undefined) {
    log.info({ url: baseUrl, reason }, NOT_SEEN_FROM_HERE);
  } else log.warn({ url: baseUrl, reason }, NOBODY_ANSWERS);
}

/** @returns why there was none that counts; undefined when there was. */
async function answerOf(
  url: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { status } = await ask(url, clock, { limitMs: LIMIT_MS, signal });
    return status === 200 ? undefined : `GET ${url} is answered with ${status}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Addresses that are those of whoever asks for them. */
function isNobodys(baseUrl: string): boolean {
  const host = new URL(baseUrl).hostname.replace(/^\[|\]$/g, '');
  return isLoopback(host) || host === '0.0.0.0' || host === '::';
}
