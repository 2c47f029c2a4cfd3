import type { Output } from '../apis/index.ts';

/** A part of the log of an attempt. */
export interface LogChunk {
  attempt: number;
  stream: 'stdout' | 'stderr';
  /** Place of its first byte in all that the attempt has written to that stream. */
  offset: number;
  data: Buffer;
}

/** What the relay of a task's log holds. Without a chunk it only wakes: the attempt was settled. */
export interface LogEntry {
  /** Its place in the relay; later ones are greater. */
  id: string;
  chunk?: LogChunk;
}

/** What a task has written so far, or why that is not known; `pending` when it cannot have written yet. */
export type LogSnapshot =
  | { attempt: number; output: Output }
  | { unknown: string; pending?: boolean };

/**
 * The logs of tasks that run. Part of what the API may do: it has no engine to ask, so it says which
 * logs are wanted, and reads what the controller relays.
 */
export interface LogReader {
  /** Position of the task of that name in its job. */
  findTask(uid: string, name: string): Promise<number | undefined>;
  /** What is kept of the output of an earlier attempt of a task; empty when it is no longer kept. */
  earlierOutput(
    uid: string,
    index: number,
    attempt: number,
  ): Promise<Pick<Output, 'stdout' | 'stderr'>>;
  /** Wants the log of a task relayed. The want is forgotten after `LOG_WANT_MS` unless repeated. */
  wantLog(uid: string, index: number): Promise<void>;
  /**
   * Entries of the relay after the one with that id ('0' for the first), oldest first. Offsets may
   * begin anew, with the same bytes, when another controller relays; the oldest entries may be gone.
   */
  readLog(uid: string, index: number, after: string): Promise<LogEntry[]>;
  /** Resolves when the relay has an entry after that id, or `signal` aborts. */
  awaitLog(uid: string, index: number, after: string, signal: AbortSignal): Promise<void>;
  /**
   * Asks the controller for what a task has written by now.
   * @returns undefined when no controller has answered before `signal` aborted.
   */
  askLog(uid: string, index: number, signal: AbortSignal): Promise<LogSnapshot | undefined>;
}

/** The log of a task is wanted; with `ask`, once and only what there is by now. */
export interface LogWant {
  uid: string;
  index: number;
  ask?: string;
}

/** What the controller does about logs. Not fenced: it decides nothing, and readers drop what they have. */
export interface LogRelayStore {
  /** The logs that are wanted at this moment. One read of one key. */
  wantedLogs(): Promise<LogWant[]>;
  /** Adds to the relay of a task's log. @returns the id of the last entry. */
  appendLog(uid: string, index: number, chunks: readonly LogChunk[]): Promise<string>;
  /** Wakes whoever reads the relay: the current attempt of the task was settled. */
  wakeLogReaders(uid: string, index: number): Promise<void>;
  /** Drops the entries before that id. */
  trimLog(uid: string, index: number, before: string): Promise<void>;
  /** Answers a want with `ask`, once. */
  answerLog(want: LogWant, snapshot: LogSnapshot): Promise<void>;
}

/** How long a want lasts that is not repeated, in ms. */
export const LOG_WANT_MS = 15_000;
