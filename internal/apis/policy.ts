import type { Reason } from './conditions.ts';

/** How long a failed task waits for its next attempt: doubling, with jitter. */
export interface RetryBackoff {
  /** Mean wait after the first failure, in ms. */
  baseMs: number;
  /** Longest mean wait, in ms. */
  maxMs: number;
}

export const DEFAULT_RETRY_BACKOFF: RetryBackoff = { baseMs: 10_000, maxMs: 6 * 60_000 };

/**
 * What a failure of an attempt leads to, instead of an ordinary retry (as `podFailurePolicy` of
 * Kubernetes). The first rule that matches counts.
 * - `FailJob`: the job fails at once.
 * - `FailTask`: the task fails, whatever is left of its `backoffLimit`.
 * - `Ignore`: tried again; costs no `backoffLimit`.
 * - `Count`: tried again as long as `backoffLimit` lasts, as without a rule.
 */
export interface FailureRule {
  action: 'FailJob' | 'FailTask' | 'Ignore' | 'Count';
  onExitCodes?: { operator: 'In' | 'NotIn'; values: number[] } | undefined;
  onReasons?: Reason[] | undefined;
}

/** When a job is complete before all its tasks are. */
export interface SuccessPolicy {
  /** Tasks that must have succeeded. */
  succeededCount: number;
}

/**
 * What becomes of an attempt whose node is down.
 * - `replace`: its task is started elsewhere, on the loss budget.
 * - `wait`: nothing, until the node is back or is removed.
 * - `fail`: the task fails.
 */
export type OnNodeLost = 'replace' | 'wait' | 'fail';

/**
 * What ends an attempt.
 * - `both`: a report where there is one, else the exit of its process.
 * - `report`: only a report; a process that ends with 0 without one is tried again, then it has failed. For
 *   clients that exit with 0 whatever happened.
 * - `exit`: only the exit of its process; reports are kept and decide nothing.
 */
export const COMPLETION_POLICIES = ['exit', 'report', 'both'] as const;
export type CompletionPolicy = (typeof COMPLETION_POLICIES)[number];
