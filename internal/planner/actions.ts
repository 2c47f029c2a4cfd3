import type {
  AttemptRecord,
  JobEnding,
  OutputSummary,
  Settlement,
  TaskSpec,
  Verdict,
} from '../apis/index.ts';

/** A step of one task's attempt. Steps of one task are carried out in order; the first that fails ends them. */
export type AttemptAction =
  /** Create the service under the attempt's name, or adopt it, and record its id. */
  | {
      type: 'CreateService';
      index: number;
      record: AttemptRecord;
      /** Where it is known. */
      task?: TaskSpec;
      /** Ids of nodes that it must be kept from: they have as many of the job as they may. */
      excluded?: string[];
    }
  /** Store since when something holds that a time limit counts from, or that it holds no more. */
  | { type: 'NoteTime'; index: number; record: AttemptRecord; note: TimeNote }
  /** Ask the registry why the image could not be pulled, and store what it says. */
  | { type: 'AskRegistry'; index: number; record: AttemptRecord; words: string }
  /** Store what the attempt came to. The first verdict is final. */
  | {
      type: 'RecordVerdict';
      index: number;
      record: AttemptRecord;
      verdict: Verdict;
      /** The attempt's report was known, or decides nothing; else one that has come meanwhile wins. */
      knowsReport?: true;
    }
  /** Store stdout and stderr: the report's, or what the engine's log holds. */
  | { type: 'StoreOutput'; index: number; from: OutputSource }
  /**
   * Remove the service, by its name where no id of it is recorded: its creation may have happened. Logs are
   * gone after this. With `lingers` its container may outlive it: when it was removed is stored.
   */
  | { type: 'RemoveService'; index: number; lingers?: true }
  /** Count the task, or ready its next attempt. */
  | {
      type: 'SettleAttempt';
      index: number;
      disposition: Disposition;
      /** When its container was found to be gone (Unix ms), where the verdict does not tell its end. */
      endedAt: number;
      /** Its container was not gone when waiting for that was given up: in words. */
      stuck?: string;
      /** As that of the view. */
      away?: true;
    };

/** A step of the job as a whole. */
export type JobAction =
  /** Claim up to `count` tasks and start them. */
  | { type: 'StartTasks'; count: number }
  /** Store when the job was taken up, for its deadline. */
  | { type: 'StartJob' }
  /** Store that the job ends before all its tasks have, and why. The first reason is final. */
  | { type: 'EndJob'; ending: JobEnding }
  /** Finish the job and enqueue its callback. */
  | { type: 'CompleteJob' }
  | RequeueAfter;

/** Look at this job again at the latest after `afterMs`. */
export interface RequeueAfter {
  type: 'RequeueAfter';
  afterMs: number;
}

export type Action = AttemptAction | JobAction;

export type TimeNote = Pick<AttemptRecord, 'runningAt' | 'lostAt' | 'unplacedAt'>;

export type OutputSource =
  /** The report's; it lies in the store already. */
  | { kind: 'report'; output: OutputSummary }
  | {
      kind: 'logs';
      swarmTaskId: string;
      /** Why it may go on after it was read, or did not come to its end. */
      cut?: string;
    }
  | { kind: 'none'; reason: string };

/** What follows a verdict: a settlement, but for the result that only its execution knows. */
export type Disposition =
  | {
      kind: 'final';
      ends?: JobEnding;
      /** The attempt came to nothing: what the one before came to stands. */
      lastStands?: true;
    }
  | Exclude<Settlement, { kind: 'final' }>;

export function isAttemptAction(action: Action): action is AttemptAction {
  return 'index' in action;
}
