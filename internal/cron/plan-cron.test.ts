import { describe, expect, it } from 'vitest';
import { type CronJobView, planCron } from './plan-cron.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOON = Date.UTC(2026, 5, 1, 12);

interface Given extends Partial<Omit<CronJobView, 'spec'>>, Partial<CronJobView['spec']> {}

/** An hourly cron job that was made at 10:30 and whose tick of 11:00 was decided. */
function view(given: Given = {}): CronJobView {
  const { schedule, timeZone, concurrencyPolicy, startingDeadlineSeconds, suspend, ...rest } =
    given;
  const spec = {
    schedule: schedule ?? '0 * * * *',
    timeZone: timeZone ?? 'UTC',
    concurrencyPolicy: concurrencyPolicy ?? ('Allow' as const),
    ...(startingDeadlineSeconds !== undefined && { startingDeadlineSeconds }),
    ...(suspend !== undefined && { suspend }),
  };
  const createdAt = NOON - 90 * MINUTE_MS;
  return { spec, createdAt, lastScheduleTime: NOON - HOUR_MS, active: 0, ...rest };
}

const start = (tick: number, more: { replaces?: boolean; skipped?: number } = {}) => ({
  type: 'start',
  tick,
  replaces: false,
  skipped: 0,
  ...more,
});
const none = { type: 'none' };

describe('a tick', () => {
  it('is waited for', () => {
    expect(planCron(view(), NOON - 1)).toEqual({ action: none, wakeAt: NOON });
  });

  it('starts when it is due, and the next one is waited for', () => {
    const plan = planCron(view(), NOON);
    expect(plan).toEqual({ action: start(NOON), wakeAt: NOON + HOUR_MS });
  });

  it('is not started again once it was decided', () => {
    const plan = planCron(view({ lastScheduleTime: NOON }), NOON + 5);
    expect(plan).toEqual({ action: none, wakeAt: NOON + HOUR_MS });
  });

  it('that was due when the cron job was made, or before, is never started', () => {
    const { lastScheduleTime: _, ...made } = view({ createdAt: NOON });
    expect(planCron(made, NOON)).toEqual({ action: none, wakeAt: NOON + HOUR_MS });
    expect(planCron({ ...made, createdAt: NOON - 1 }, NOON).action).toEqual(start(NOON));
  });

  it('of a time zone is due by the clocks there', () => {
    const given = view({ schedule: '30 17 * * *', timeZone: 'Asia/Kolkata' });
    expect(planCron(given, NOON).action).toEqual(start(NOON));
  });

  it('after which there is none is followed by no wake-up', () => {
    const last = Date.UTC(2999, 0, 1);
    const given = view({ schedule: '@yearly', lastScheduleTime: last - 1 });
    expect(planCron(given, last)).toEqual({ action: start(last) });
  });
});

describe('after downtime', () => {
  it('only the most recent tick is started, and the others are counted', () => {
    const now = NOON + 5 * HOUR_MS + 10 * MINUTE_MS;
    const plan = planCron(view(), now);
    expect(plan).toEqual({
      action: start(NOON + 5 * HOUR_MS, { skipped: 5 }),
      wakeAt: NOON + 6 * HOUR_MS,
    });
  });

  it('ticks are counted up to 100', () => {
    const spec = { schedule: '* * * * *', lastScheduleTime: NOON };
    const later = (minutes: number) => planCron(view(spec), NOON + minutes * MINUTE_MS).action;
    expect(later(101)).toEqual(start(NOON + 101 * MINUTE_MS, { skipped: 100 }));
    expect(later(100)).toEqual(start(NOON + 100 * MINUTE_MS, { skipped: 99 }));
    expect(later(1_000_000)).toEqual(start(NOON + 1_000_000 * MINUTE_MS, { skipped: 100 }));
  });

  it('a tick starts up to its deadline', () => {
    const plan = planCron(view({ startingDeadlineSeconds: 60 }), NOON + 60_000);
    expect(plan.action).toEqual(start(NOON));
  });

  it('a tick is skipped after its deadline', () => {
    const plan = planCron(view({ startingDeadlineSeconds: 60 }), NOON + HOUR_MS + 60_001);
    expect(plan).toEqual({
      action: { type: 'skip', tick: NOON + HOUR_MS, reason: 'MissedDeadline', skipped: 1 },
      wakeAt: NOON + 2 * HOUR_MS,
    });
  });
});

describe('while a job is active', () => {
  it('Allow starts another', () => {
    expect(planCron(view({ active: 3 }), NOON).action).toEqual(start(NOON));
  });

  it('Replace starts another and cancels it', () => {
    const given = view({ active: 1, concurrencyPolicy: 'Replace' });
    expect(planCron(given, NOON).action).toEqual(start(NOON, { replaces: true }));
    expect(planCron({ ...given, active: 0 }, NOON).action).toEqual(start(NOON));
  });

  it('Replace leaves it alone when the tick comes too late', () => {
    const given = view({ active: 1, concurrencyPolicy: 'Replace', startingDeadlineSeconds: 60 });
    expect(planCron(given, NOON + 60_001).action).toMatchObject({ reason: 'MissedDeadline' });
  });

  it('Replace starts a tick that was decided in time, however long the others took to end', () => {
    const given = view({
      ...{ active: 0, concurrencyPolicy: 'Replace', startingDeadlineSeconds: 60 },
      replacing: NOON,
    });
    expect(planCron(given, NOON + 70_000).action).toEqual(start(NOON));
    const later = planCron(given, NOON + HOUR_MS + 60_001).action;
    expect(later).toMatchObject({ tick: NOON + HOUR_MS, reason: 'MissedDeadline' });
  });

  it('Forbid skips the tick', () => {
    const given = view({ active: 1, concurrencyPolicy: 'Forbid' });
    expect(planCron(given, NOON + 5)).toEqual({
      action: { type: 'skip', tick: NOON, reason: 'Forbidden', skipped: 0 },
      wakeAt: NOON + HOUR_MS,
    });
    expect(planCron({ ...given, active: 0 }, NOON + 5).action).toEqual(start(NOON));
  });

  it('Forbid with a deadline waits for it to end, until the deadline is over', () => {
    const given = view({ active: 1, concurrencyPolicy: 'Forbid', startingDeadlineSeconds: 600 });
    const over = NOON + 600_001;
    expect(planCron(given, NOON)).toEqual({ action: none, wakeAt: over });
    expect(planCron(given, over - 1)).toEqual({ action: none, wakeAt: over });
    expect(planCron({ ...given, active: 0 }, over - 1).action).toEqual(start(NOON));
    expect(planCron(given, over)).toEqual({
      action: { type: 'skip', tick: NOON, reason: 'MissedDeadline', skipped: 0 },
      wakeAt: NOON + HOUR_MS,
    });
  });

  it('Forbid with a deadline gives a waiting tick up when the next is due', () => {
    const given = view({ active: 1, concurrencyPolicy: 'Forbid', startingDeadlineSeconds: 7200 });
    const second = NOON + HOUR_MS;
    expect(planCron(given, NOON)).toEqual({ action: none, wakeAt: second });
    expect(planCron(given, second)).toEqual({ action: none, wakeAt: second + HOUR_MS });
    expect(planCron({ ...given, active: 0 }, second + 5).action).toEqual(
      start(second, { skipped: 1 }),
    );
  });
});

describe('suspended', () => {
  it('nothing is started, and nothing waited for', () => {
    expect(planCron(view({ suspend: true }), NOON + 5 * HOUR_MS)).toEqual({ action: none });
  });

  it('ticks that were due meanwhile are not caught up', () => {
    const resumed = view({ suspend: false, effectiveFrom: NOON + 30 * MINUTE_MS });
    const next = NOON + HOUR_MS;
    expect(planCron(resumed, NOON + 31 * MINUTE_MS)).toEqual({ action: none, wakeAt: next });
    expect(planCron(resumed, next).action).toEqual(start(next));
  });

  it('a tick at the very time of resuming was due while suspended', () => {
    const resumed = view({ effectiveFrom: NOON, startingDeadlineSeconds: 600 });
    expect(planCron(resumed, NOON + 5).action).toEqual(none);
  });
});

describe('a clock that jumps backwards', () => {
  it('fires no tick again, and none until it has caught up', () => {
    const given = view({ lastScheduleTime: NOON });
    for (const now of [NOON - 3 * HOUR_MS, NOON - HOUR_MS, NOON - 1, NOON]) {
      expect(planCron(given, now)).toEqual({ action: none, wakeAt: NOON + HOUR_MS });
    }
  });
});

it('an invalid schedule is an error that says what is wrong', () => {
  expect(() => planCron(view({ schedule: '61 * * * *' }), NOON)).toThrow(
    /"61" is not within 0 to 59/,
  );
  expect(() => planCron(view({ timeZone: 'Nope/City' }), NOON)).toThrow(RangeError);
});
