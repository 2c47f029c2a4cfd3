/** Default of `outputLimitBytes`: what is kept of each stream of a task. */
export const DEFAULT_OUTPUT_LIMIT_BYTES = 1024 * 1024;

/** Most bytes that the outputs of earlier attempts take of one job, unless the operator says otherwise. */
export const DEFAULT_ATTEMPT_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Where a job without a `logDriver` has its output kept: `engine` leaves that to each node. */
export const OWN_LOG_DRIVERS = ['json-file', 'local', 'engine'] as const;
export type OwnLogDriver = (typeof OWN_LOG_DRIVERS)[number];

/** How much of a stream there was, and whether all of it was kept. */
export interface StreamSummary {
  /** Bytes the task wrote. */
  bytes: number;
  /** True when only the last bytes were kept. */
  truncated: boolean;
}

/**
 * What is known of a log. `complete` and `truncated` are said only where nothing can be missing that the task
 * wrote, but what `truncated` left out on purpose; `partial` where something may be missing: then the numbers of
 * bytes are lower bounds. An unreadable log is never shown as an empty one: that is `unavailable`.
 */
export type LogVerdict =
  | { state: 'complete' }
  | { state: 'truncated' }
  | { state: 'partial'; reason: string }
  | { state: 'unavailable'; reason: string };

export const LOG_STATES = [
  'complete',
  'truncated',
  'partial',
  'unavailable',
] as const satisfies readonly LogVerdict['state'][];

export interface OutputSummary {
  stdout: StreamSummary;
  stderr: StreamSummary;
  log: LogVerdict;
}

/** A task's output with its bytes, as it goes into the store. */
export interface Output {
  summary: OutputSummary;
  stdout: Buffer;
  stderr: Buffer;
}

/** The summary of a task of which no output could be read, and why. */
export function unavailableOutput(reason: string): OutputSummary {
  const none = { bytes: 0, truncated: false };
  return { stdout: none, stderr: none, log: { state: 'unavailable', reason } };
}

/** Why something may be missing of an attempt that was stopped, until what it wrote at its end is stored. */
export const STOPPED = 'stopped: what it wrote after it was told to stop may be missing';

/** Why something may be missing of an attempt that was lost. */
export const CUT_SHORT = 'lost: what it wrote last may be missing';

/** Why not all of a log is there, or may not be; undefined where it is. */
export function logReason(log: LogVerdict): string | undefined {
  return 'reason' in log ? log.reason : undefined;
}

/** The same output, of which something may be missing. What is known to be worse stays as it is. */
export function partialOutput<T extends { summary: OutputSummary }>(output: T, reason: string): T {
  const { state } = output.summary.log;
  if (state !== 'complete' && state !== 'truncated') return output;
  return { ...output, summary: { ...output.summary, log: { state: 'partial', reason } } };
}
