import type { CronJobSpec } from '../apis/index.ts';
import { Timetable } from './timetable.ts';

/** Missed ticks are counted up to here; at this number there may be more. */
export const MAX_SKIPPED = 100;

/** What is known of a cron job. All times are Unix ms. */
export interface CronJobView {
  spec: Pick<
    CronJobSpec,
    'schedule' | 'timeZone' | 'concurrencyPolicy' | 'startingDeadlineSeconds' | 'suspend'
  >;
  createdAt: number;
  /** The last tick that was decided: started, or skipped. */
  lastScheduleTime?: number;
  /** When it was last resumed, or its schedule or time zone last changed. */
  effectiveFrom?: number;
  /** How many of its jobs are not finished. */
  active: number;
  /** The tick for which its jobs were cancelled: it was decided in time, and starts when they have ended. */
  replacing?: number;
}

/** What to do about one tick. Both record it as `lastScheduleTime`, and give up those before it. */
export type CronAction =
  | {
      type: 'start';
      tick: number;
      /** The jobs that are active are to be cancelled first, and to end. */
      replaces: boolean;
      /** Earlier ticks that nobody decided; {@link MAX_SKIPPED} means "at least". */
      skipped: number;
    }
  | { type: 'skip'; tick: number; reason: 'Forbidden' | 'MissedDeadline'; skipped: number }
  | { type: 'none' };

export interface CronPlan {
  action: CronAction;
  /** Unix ms at which to plan again; earlier too when a job of it ends or its spec changes. */
  wakeAt?: number;
}

/**
 * Decides about the most recent tick that is due. Pure: the same view and time give the same plan.
 *
 * The action holds for the view that it was decided on: carry it out and record its tick in one
 * transaction which compares `lastScheduleTime`, or another process may start the tick too.
 *
 * @param now Unix ms. When it runs backwards nothing is due until it has caught up.
 * @throws RangeError when the schedule or the zone is not valid.
 */
export function planCron(view: CronJobView, now: number): CronPlan {
  if (view.spec.suspend) return { action: { type: 'none' } };
  const timetable = new Timetable(view.spec.schedule, view.spec.timeZone);
  const after = decidedUntil(view);
  const first = timetable.next(after);
  if (first === undefined || first > now) return planned({ type: 'none' }, first);
  const tick = timetable.latest(first, now) ?? first;
  const next = timetable.next(now);
  const deadline = deadlineOf(view, tick);
  if (waits(view, now, deadline)) return planned({ type: 'none' }, earliest(next, deadline + 1));
  const skipped = tick === first ? 0 : timetable.between(after, tick - 1, MAX_SKIPPED).length;
  const late = now > deadline && view.replacing !== tick;
  return planned(decide(view, tick, late, skipped), next);
}

/** No tick up to this time is ever run (again). */
function decidedUntil(view: CronJobView): number {
  return Math.max(view.createdAt, view.lastScheduleTime ?? 0, view.effectiveFrom ?? 0);
}

/** The last instant at which `tick` may start. */
function deadlineOf({ spec }: CronJobView, tick: number): number {
  const { startingDeadlineSeconds: seconds } = spec;
  return seconds === undefined ? Number.POSITIVE_INFINITY : tick + seconds * 1000;
}

/** True when the tick may not start now, but will if the active job ends within the deadline. */
function waits(view: CronJobView, now: number, deadline: number): boolean {
  return isForbidden(view) && Number.isFinite(deadline) && now <= deadline;
}

function isForbidden({ spec, active }: CronJobView): boolean {
  return spec.concurrencyPolicy === 'Forbid' && active > 0;
}

function decide(view: CronJobView, tick: number, late: boolean, skipped: number): CronAction {
  if (late) return { type: 'skip', tick, reason: 'MissedDeadline', skipped };
  if (isForbidden(view)) return { type: 'skip', tick, reason: 'Forbidden', skipped };
  const replaces = view.spec.concurrencyPolicy === 'Replace' && view.active > 0;
  return { type: 'start', tick, replaces, skipped };
}

function earliest(next: number | undefined, deadline: number): number {
  return next === undefined ? deadline : Math.min(next, deadline);
}

function planned(action: CronAction, wakeAt: number | undefined): CronPlan {
  return wakeAt === undefined ? { action } : { action, wakeAt };
}
