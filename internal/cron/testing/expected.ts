import type { Happened } from './year.ts';

type Expected = Pick<Happened, 'started' | 'skipped' | 'replaced'>;
export type Duration = (nth: number) => number;

/** What is to come of `ticks` under each policy, told without the planner. */
export const EXPECTED = { Allow: allowed, Forbid: forbidden, Replace: replacing };

function allowed(ticks: number[]): Expected {
  return { started: inTime(ticks), skipped: [], replaced: [] };
}

/** Started except those that are due while a job is active. */
function forbidden(ticks: number[], duration: Duration): Expected {
  const started: number[] = [];
  const skipped: Happened['skipped'] = [];
  let busyUntil = Number.NEGATIVE_INFINITY;
  for (const tick of ticks) {
    if (busyUntil > tick) {
      skipped.push({ tick, reason: 'Forbidden' });
    } else {
      busyUntil = tick + duration(started.length);
      started.push(tick);
    }
  }
  return { started: inTime(started), skipped, replaced: [] };
}

/** All started; replaced are those that are active when the next is due. */
function replacing(ticks: number[], duration: Duration): Expected {
  const replaced = ticks.filter((tick, nth) => {
    const next = ticks[nth + 1];
    return next !== undefined && tick + duration(nth) > next;
  });
  return { started: inTime(ticks), skipped: [], replaced };
}

/** Forbid with a deadline: a tick waits for the active job until its deadline, or the next tick. */
export function forbiddenUntil(ticks: number[], duration: Duration, deadlineMs: number): Happened {
  const started: Happened['started'] = [];
  const skipped: Happened['skipped'] = [];
  let busyUntil = Number.NEGATIVE_INFINITY;
  let givenUp = 0;
  for (const [index, tick] of ticks.entries()) {
    const next = ticks[index + 1] ?? Number.POSITIVE_INFINITY;
    const at = Math.max(tick, busyUntil);
    if (at <= tick + deadlineMs && at < next) {
      busyUntil = at + duration(started.length);
      started.push({ tick, at });
    } else if (tick + deadlineMs + 1 < next) {
      skipped.push({ tick, reason: 'MissedDeadline' });
    } else {
      givenUp += 1;
    }
  }
  return { started, skipped, replaced: [], givenUp };
}

function inTime(ticks: number[]): Happened['started'] {
  return ticks.map((tick) => ({ tick, at: tick }));
}
