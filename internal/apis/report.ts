import type { AttemptId } from './attempt.ts';
import type { Output, OutputSummary } from './output.ts';

/** What a task says of itself by `POST /result/<job uid>`. Wins over the exit code of its container. */
export interface Report {
  id: AttemptId;
  exitStatus: number;
  output: Output;
  /** SHA-256 of the report as received: the same report again is no second one. */
  digest: string;
  /** The process was told to stop before it ended: its result may not be what it would have been. */
  interrupted?: true;
}

/** A stored report as the planner sees it: its output lies in the store already. */
export interface ReportSummary {
  attempt: number;
  exitStatus: number;
  output: OutputSummary;
  /** Unix time in ms. */
  receivedAt: number;
  digest: string;
  /** See `Report`. */
  interrupted?: true;
}
