import type { AttemptId, Verdict } from '../../apis/index.ts';

/** What happened in a world and cannot be seen in its state afterwards. */
export type Entry =
  /** A service was created. `stray` when it was for a stage that the attempt had left behind. */
  | { what: 'created'; id: AttemptId; serviceId: string; stray: boolean; counted: boolean }
  /** A verdict was stored. `proven` when what it says had happened, `patient` when it waited. */
  | { what: 'judged'; id: AttemptId; verdict: Verdict; proven: boolean; patient: boolean }
  /** The output of a log was stored. `destroyed` when the controller had removed the log before. */
  | { what: 'log stored'; id: AttemptId; destroyed: boolean }
  /** An attempt was settled. `alive` is the service whose container still ran, unless that was told. */
  | { what: 'settled'; id: AttemptId; verdict: Verdict; alive?: string }
  /** Steps were begun for an attempt that had steps under way. */
  | { what: 'overlapped'; id: AttemptId };

export type EntryOf<What extends Entry['what']> = Extract<Entry, { what: What }>;

/** The entries of one kind, oldest first. */
export function entries<What extends Entry['what']>(
  journal: readonly Entry[],
  what: What,
): EntryOf<What>[] {
  return journal.filter((entry): entry is EntryOf<What> => entry.what === what);
}
