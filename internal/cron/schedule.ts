import { Timetable } from './timetable.ts';

/**
 * The ticks later than `afterMs` and up to `untilMs`, in order, the first `limit` of them.
 * @throws RangeError when the schedule or the zone is not valid.
 */
export function ticksBetween(
  schedule: string,
  zone: string,
  afterMs: number,
  untilMs: number,
  limit: number,
): number[] {
  return new Timetable(schedule, zone).between(afterMs, untilMs, limit);
}

/**
 * The first tick later than `afterMs`, in Unix ms; undefined when there is none before the year 3000.
 * @throws RangeError when the schedule or the zone is not valid.
 */
export function nextTick(schedule: string, zone: string, afterMs: number): number | undefined {
  return new Timetable(schedule, zone).next(afterMs);
}
