import type { AttemptRecord, Settlement, Verdict } from '../apis/index.ts';

/** A step of one task's attempt. Steps of one task are carried out in order; the first that fails ends them. */
export type AttemptAction =
  /** Create the service under the attempt's name, or adopt it, and record its id. */
  | { type: 'CreateService'; index: number; record: AttemptRecord }
  /** Store what the attempt came to. The first verdict is final. */
  | { type: 'RecordVerdict'; index: number; record: AttemptRecord; verdict: Verdict }
  /** Store stdout and stderr: the report's, or what the engine's log holds. */
  | { type: 'StoreOutput'; index: number; from: OutputSource }
  /** Remove the service. Logs are gone after this. */
  | { type: 'RemoveService'; index: number; serviceId: string }
  /** Count the task, or ready its next attempt. */
  | { type: 'SettleAttempt'; index: number; disposition: Disposition };

/** A step of the job as a whole. */
export type JobAction =
  /** Claim up to `count` tasks and start them. */
  | { type: 'StartTasks'; count: number }
  /** Finish the job and enqueue its callback. */
  | { type: 'CompleteJob' }
  /** Look at this job again at the latest after `afterMs`. */
  | { type: 'RequeueAfter'; afterMs: number };

export type Action = AttemptAction | JobAction;

export type OutputSource =
  | { kind: 'report' }
  | { kind: 'logs'; swarmTaskId: string }
  | { kind: 'none'; reason: string };

/** What follows a verdict: a settlement, but for the result that only its execution knows. */
export type Disposition = { kind: 'final' } | Exclude<Settlement, { kind: 'final' }>;

export function isAttemptAction(action: Action): action is AttemptAction {
  return 'index' in action;
}
