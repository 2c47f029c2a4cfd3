import type { AttemptRecord, TaskResult } from './attempt.ts';
import type { JobEnding } from './job.ts';

/** How a judged attempt leaves the record. */
export type Settlement =
  /** The task is counted and never starts again. With `ends`, the whole job ends with it. */
  | { kind: 'final'; result: TaskResult; succeeded: boolean; ends?: JobEnding }
  /** The attempt was lost: the next one takes its place at once and keeps its slot. */
  | { kind: 'replace'; next: AttemptRecord }
  /** The attempt failed: its slot is free until `notBefore` (Unix ms). */
  | { kind: 'retry'; next: AttemptRecord; notBefore: number };
