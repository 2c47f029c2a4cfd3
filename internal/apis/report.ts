import type { AttemptId } from './attempt.ts';
import type { Output, OutputSummary } from './output.ts';

/** What a task says of itself by `POST /result/<job uid>`. Wins over the exit code of its container. */
export interface Report {
  id: AttemptId;
  /** Null where its process ended without one: killed by a signal, or never started. */
  exitStatus: number | null;
  output: Output;
  /** SHA-256 of the report as received: the same report again is no second one. */
  digest: string;
  /** The process was told to stop before it ended: its result may not be what it would have been. */
  interrupted?: true;
  /** It broke off behind its status: a whole one of the same attempt takes its place. */
  partial?: true;
}

/** That a report of an attempt came which says nothing that can be relied on. */
export interface ReportRefusal {
  id: AttemptId;
  /** What was wrong with it. */
  why: string;
}

/** A stored report as the planner sees it: its output lies in the store already. */
export interface ReportSummary {
  attempt: number;
  /** See `Report`. */
  exitStatus: number | null;
  output: OutputSummary;
  /** Unix time in ms. */
  receivedAt: number;
  digest: string;
  /** See `Report`. */
  interrupted?: true;
  /** See `Report`. */
  partial?: true;
  /** Why it was refused: there is no more than that, and an exit with 0 proves nothing from here on. */
  refused?: string;
}
