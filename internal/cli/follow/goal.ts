import { isFinished, JOB_PHASES, type JobPhase } from '../../apis/index.ts';
import { UsageError } from '../errors.ts';
import type { Job } from '../resources.ts';
import { whyOf } from './why.ts';

/** What is waited for. */
export type Goal =
  | { kind: 'phase'; phases: readonly JobPhase[] }
  | { kind: 'condition'; type: string }
  | { kind: 'delete' };

/** How far a job is from a goal. */
export type Standing =
  | { state: 'met' }
  | { state: 'open' }
  /** It has ended in another way. */
  | { state: 'missed'; why: string }
  | { state: 'gone' };

const GOAL_WORDS = ['complete', 'failed', 'cancelled', 'finished', 'delete'] as const;
const ENDS = JOB_PHASES.filter(isFinished);
const CONDITION = /^condition=(\w+)$/i;

/**
 * Reads `--for`.
 * @throws UsageError when it is none of the goals.
 */
export function parseGoal(text: string): Goal {
  const condition = CONDITION.exec(text)?.[1];
  const word = condition ?? text;
  const phase = ENDS.find((known) => known.toLowerCase() === word.toLowerCase());
  if (phase !== undefined) return { kind: 'phase', phases: [phase] };
  if (condition !== undefined) return { kind: 'condition', type: condition };
  if (text === 'finished') return { kind: 'phase', phases: ENDS };
  if (text === 'delete') return { kind: 'delete' };
  throw new UsageError(
    `--for must be one of ${GOAL_WORDS.join(', ')} or condition=TYPE such as condition=Suspended, not "${text}"`,
  );
}

/** @param job undefined when there is no such job (any more). */
export function standingOf(goal: Goal, job: Job | undefined): Standing {
  if (goal.kind === 'delete') return { state: job === undefined ? 'met' : 'open' };
  if (job === undefined) return { state: 'gone' };
  if (isMet(goal, job)) return { state: 'met' };
  if (!isFinished(job.status.phase)) return { state: 'open' };
  const why = whyOf(job);
  return { state: 'missed', why: `is ${job.status.phase}${why === '' ? '' : `: ${why}`}` };
}

function isMet(goal: Exclude<Goal, { kind: 'delete' }>, { spec, status }: Job): boolean {
  if (goal.kind === 'phase') return goal.phases.includes(status.phase);
  const wanted = goal.type.toLowerCase();
  // A wish, which holds as soon as it is written: the server has no condition for it.
  if (wanted === 'suspended') return spec.suspend === true && !isFinished(status.phase);
  return status.conditions.some(
    (condition) => condition.type.toLowerCase() === wanted && condition.status === 'True',
  );
}
