import type { AttemptAction, OutputSource } from '../planner/index.ts';

type Judgement = Extract<AttemptAction, { type: 'RecordVerdict' }>;
type Logs = Extract<OutputSource, { kind: 'logs' }>;

/** What is carried out at once: an action, or two that are written together. */
export type AttemptStep =
  | AttemptAction
  /** The verdict, and the output from the engine's log. */
  | {
      type: 'RecordOutcome';
      index: number;
      verdict: Judgement['verdict'];
      knowsReport: boolean;
      from: Logs;
    };

/** Puts a verdict and the collection of its log together, where one follows the other. */
export function stepsOf(actions: readonly AttemptAction[]): AttemptStep[] {
  const [first, second, ...rest] = actions;
  if (first?.type !== 'RecordVerdict' || second?.type !== 'StoreOutput') return [...actions];
  const { index, verdict, knowsReport = false } = first;
  if (second.from.kind !== 'logs') return [...actions];
  return [{ type: 'RecordOutcome', index, verdict, knowsReport, from: second.from }, ...rest];
}
