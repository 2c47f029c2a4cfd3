/** Every delay of the runner, in ms; tests shorten them. */
export interface Timing {
  /** One try of the report, from connecting to the reply's headers. */
  tryMs: number;
  /** First and longest pause between two tries; it doubles, with jitter. */
  minDelayMs: number;
  maxDelayMs: number;
  /** The longest `Retry-After` that is honoured. */
  maxRetryAfterMs: number;
  /** What is left for the report after a request to stop: half of swarm's default grace of 10 s. */
  graceMs: number;
  /** For output of processes the command left behind. */
  lingerMs: number;
}

export const TIMING: Timing = {
  tryMs: 10_000,
  minDelayMs: 250,
  maxDelayMs: 10_000,
  maxRetryAfterMs: 30_000,
  graceMs: 5_000,
  lingerMs: 2_000,
};
