import type { AttemptRecord, TaskResult } from './attempt.ts';

/** How a judged attempt leaves the record. */
export type Settlement =
  /** The task is counted and never starts again. */
  | { kind: 'final'; result: TaskResult; succeeded: boolean }
  /** The attempt was lost: the next one takes its place at once and keeps its slot. */
  | { kind: 'replace'; next: AttemptRecord }
  /** The attempt failed: its slot is free until `notBefore` (Unix ms). */
  | { kind: 'retry'; next: AttemptRecord; notBefore: number };
