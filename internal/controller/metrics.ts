import type { AttemptRecord } from '../apis/index.ts';
import { StoreError } from '../store/index.ts';
import type { Work } from './live-tasks.ts';

/** How a reconcile ended; all but `ok` are tried again, or are somebody else's to try. */
export const RECONCILE_OUTCOMES = ['ok', 'fenced', 'corrupt', 'unavailable', 'error'] as const;
export type ReconcileOutcome = (typeof RECONCILE_OUTCOMES)[number];

/** What the controller tells whoever measures it. Calls must be cheap and must not throw. */
export interface ControllerMetrics {
  reconciled(outcome: ReconcileOutcome, seconds: number): void;
  /** An attempt is counted, or the next one stands in its place. */
  attemptSettled(record: AttemptRecord): void;
}

/** How the controller of this process stands now. */
export interface ControllerState {
  leading: boolean;
  /** Jobs that wait to be reconciled. */
  queueDepth: number;
  /** Ms since the lease was last seen to change; undefined before the first look at it. */
  leaseAgeMs: number | undefined;
  maxConcurrentTasks: number;
  /** Undefined unless it leads. Counts anew each time. */
  work(): Work | undefined;
}

/** For whoever does not measure. */
export const UNMEASURED: ControllerMetrics = { reconciled() {}, attemptSettled() {} };

/** The outcome that an error of a reconcile is. */
export function outcomeOf(error: unknown): ReconcileOutcome {
  if (!(error instanceof StoreError)) return 'error';
  switch (error.code) {
    case 'Fenced':
      return 'fenced';
    case 'Corrupt':
      return 'corrupt';
    case 'Unavailable':
      return 'unavailable';
    default:
      return 'error';
  }
}
