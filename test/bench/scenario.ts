import type { Plot } from './plot.ts';

/** What a figure is to come to. */
export interface Aim {
  of: 'median' | 'p99' | 'min' | 'max';
  atMost?: number;
  atLeast?: number;
}

/** One measured quantity. */
export interface Figure {
  name: string;
  unit: string;
  /** One per round, or per sample. */
  values: readonly number[];
  aim?: Aim;
}

/** What came of a scenario. */
export interface Outcome {
  figures: Figure[];
  plots?: Plot[];
}

/** How much is measured. */
export interface Effort {
  /** Pairs, or repetitions. */
  rounds: number;
  /** Length of a window in which a rate is measured. */
  seconds: number;
  /** Divides the sizes of queues, for a quick look. 1 measures what is promised. */
  shrink: number;
}

/** Something to be measured, by itself. */
export interface Scenario {
  name: string;
  /** One line: what is compared, or how it is measured. */
  about: string;
  run(effort: Effort): Promise<Outcome>;
}
