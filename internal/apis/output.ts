/** Default of `outputLimitBytes`: what is kept of each stream of a task. */
export const DEFAULT_OUTPUT_LIMIT_BYTES = 1024 * 1024;

/** Most bytes that the outputs of earlier attempts take of one job, unless the operator says otherwise. */
export const DEFAULT_ATTEMPT_OUTPUT_BYTES = 64 * 1024 * 1024;

/** How much of a stream there was, and whether all of it was kept. */
export interface StreamSummary {
  /** Bytes the task wrote. */
  bytes: number;
  /** True when only the last bytes were kept. */
  truncated: boolean;
}

/** An unreadable log is never shown as an empty one. */
export type LogVerdict =
  | { state: 'complete' }
  | { state: 'truncated' }
  | { state: 'unavailable'; reason: string };

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
