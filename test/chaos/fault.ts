import type { Random } from './random.ts';

/** Two faults happen side by side only if they are of different lanes: at most one node is hit. */
export type Lane = 'process' | 'node';

/** One kind of fault. `recovered` follows each `inject`, whether that worked or not. */
export interface Fault {
  kind: string;
  lane: Lane;
  /** How long it lasts before its end begins, in ms: one of these. */
  lastsMs: readonly number[];
  /** Attempts may be lost by it, and run again. */
  costsAttempts: boolean;
  /** Brings it about. */
  inject(random: Random): Promise<void>;
  /** Ends it, and resolves when the part that was hit is back. */
  recovered(): Promise<void>;
}
