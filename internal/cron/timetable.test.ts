import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSchedule } from '../apis/validation/cron-text.ts';
import { nextTick, ticksBetween } from './schedule.ts';
import { cronerTicks } from './testing/croner-ticks.ts';
import { Timetable } from './timetable.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The ticks between two times, as the hour and minute in UTC. */
function times(schedule: string, zone: string, after: string, until: string): string[] {
  return ticksBetween(schedule, zone, Date.parse(after), Date.parse(until), 100).map((tick) =>
    new Date(tick).toISOString().slice(11, 16),
  );
}

describe('where clocks are put forward', () => {
  it('Berlin: a tick in the hour that is left out comes one hour later by the clock', () => {
    const night = (schedule: string) =>
      times(schedule, 'Europe/Berlin', '2026-03-28T23:59:00Z', '2026-03-29T02:00:00Z');
    // At 01:00 UTC the clocks go from 02:00 to 03:00.
    expect(night('30 2 * * *')).toEqual(['01:30']);
    expect(night('0 * * * *')).toEqual(['00:00', '01:00', '02:00']);
    expect(night('*/30 2-3 * * *')).toEqual(['01:00', '01:30']);
  });

  it('New York: a tick in the hour that is left out comes one hour later by the clock', () => {
    const night = (schedule: string) =>
      times(schedule, 'America/New_York', '2026-03-08T05:59:00Z', '2026-03-08T08:00:00Z');
    expect(night('30 2 * * *')).toEqual(['07:30']);
    expect(night('0 * * * *')).toEqual(['06:00', '07:00', '08:00']);
  });

  it('Lord Howe: a tick in the half hour that is left out comes half an hour later by the clock', () => {
    const night = (schedule: string) =>
      times(schedule, 'Australia/Lord_Howe', '2026-10-03T14:29:00Z', '2026-10-03T16:00:00Z');
    // At 15:30 UTC the clocks go from 02:00 to 02:30.
    expect(night('15 2 * * *')).toEqual(['15:45']);
    expect(night('0 * * * *')).toEqual(['14:30', '15:30', '16:00']);
    expect(night('15,30 2 * * *')).toEqual(['15:30', '15:45']);
  });
});

describe('where clocks are put back', () => {
  it('Berlin: an hour that is shown twice has its ticks once, the first time', () => {
    const night = (schedule: string) =>
      times(schedule, 'Europe/Berlin', '2026-10-24T22:59:00Z', '2026-10-25T03:00:00Z');
    // At 01:00 UTC the clocks go from 03:00 to 02:00.
    expect(night('30 2 * * *')).toEqual(['00:30']);
    expect(night('0 * * * *')).toEqual(['23:00', '00:00', '02:00', '03:00']);
  });

  it('New York: an hour that is shown twice has its ticks once, the first time', () => {
    const night = (schedule: string) =>
      times(schedule, 'America/New_York', '2026-11-01T03:59:00Z', '2026-11-01T08:00:00Z');
    expect(night('30 1 * * *')).toEqual(['05:30']);
    expect(night('0 * * * *')).toEqual(['04:00', '05:00', '07:00', '08:00']);
  });

  it('Lord Howe: a half hour that is shown twice has its ticks once, the second time', () => {
    const night = (schedule: string) =>
      times(schedule, 'Australia/Lord_Howe', '2026-04-04T13:59:00Z', '2026-04-04T16:00:00Z');
    // At 15:00 UTC the clocks go from 02:00 to 01:30.
    expect(night('45 1 * * *')).toEqual(['15:15']);
    expect(night('*/15 * * * *')).toEqual([
      '14:00',
      '14:15',
      '15:00',
      '15:15',
      '15:30',
      '15:45',
      '16:00',
    ]);
  });
});

describe('next', () => {
  it('is later than the time that was given, by any fraction', () => {
    const tick = Date.UTC(2026, 5, 1, 12);
    expect(nextTick('0 12 * * *', 'UTC', tick - 1)).toBe(tick);
    expect(nextTick('0 12 * * *', 'UTC', tick)).toBe(tick + DAY_MS);
    expect(nextTick('0 12 * * *', 'UTC', tick + 1)).toBe(tick + DAY_MS);
  });

  it('finds a tick that is eight years off', () => {
    expect(nextTick('0 0 29 2 *', 'UTC', Date.UTC(2096, 2, 1))).toBe(Date.UTC(2104, 1, 29));
  });

  it('is undefined beyond the year 3000', () => {
    expect(nextTick('0 0 1 1 *', 'UTC', Date.UTC(3000, 5, 1))).toBeUndefined();
  });

  it('does not lose the day that Samoa left out, nor the order around it', () => {
    // Thursday, December 29 2011 was followed by Saturday, December 31.
    const ticks = ticksBetween(
      '0 12 * * *',
      'Pacific/Apia',
      Date.UTC(2011, 11, 28),
      Date.UTC(2012, 0, 2),
      9,
    );
    expect(ticks.map((tick) => new Date(tick).toISOString())).toEqual([
      '2011-12-28T22:00:00.000Z',
      '2011-12-29T22:00:00.000Z',
      '2011-12-30T22:00:00.000Z',
      '2011-12-31T22:00:00.000Z',
      '2012-01-01T22:00:00.000Z',
    ]);
  });

  it('says what is wrong with a schedule or a zone', () => {
    expect(() => nextTick('0 0 30 2 *', 'UTC', 0)).toThrow(/schedule "0 0 30 2 \*" must fire/);
    expect(() => nextTick('* * * * *', 'Nope/City', 0)).toThrow(RangeError);
  });
});

const zones = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Antarctica/Troll',
  'America/St_Johns',
);
const number = (min: number, max: number) => fc.integer({ min, max }).map(String);
const field = (min: number, max: number) =>
  fc.oneof(
    fc.constant('*'),
    number(min, max),
    fc.integer({ min: 2, max: max - min }).map((step) => `*/${step}`),
    fc.tuple(number(min, max), number(min, max)).map((both) => both.join(',')),
    fc
      .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
      .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
  );
/** Mostly every day, or few would fire in the hours that are looked at. */
const dayOfMonth = fc.oneof({ weight: 3, arbitrary: fc.constant('*') }, field(1, 31));
const schedules = fc
  .tuple(field(0, 59), field(0, 5), dayOfMonth, fc.constant('*'), field(0, 6))
  .map((fields) => fields.join(' '))
  .filter(isSchedule);
/** Around the minute at which clocks change in one of the zones, or any day of the year. */
const moments = fc
  .oneof(
    fc
      .constantFrom(
        '2026-03-08T05:30Z',
        '2026-03-08T07:00Z',
        '2026-03-29T01:00Z',
        '2026-04-04T15:00Z',
        '2026-10-03T15:30Z',
        '2026-10-25T01:00Z',
        '2026-11-01T04:30Z',
        '2026-11-01T06:00Z',
      )
      .map((time) => Date.parse(time)),
    fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) }),
  )
  .chain((time) => fc.integer({ min: time - 3 * HOUR_MS, max: time + 3 * HOUR_MS }));

describe('wherever it is asked from', () => {
  it('lists what croner lists, in order', () => {
    fc.assert(
      fc.property(schedules, zones, moments, (schedule, zone, after) => {
        const until = after + 3 * HOUR_MS;
        const listed = cronerTicks(schedule, zone, after, until);
        expect(new Timetable(schedule, zone).between(after, until, 1000)).toEqual(listed);
      }),
      { numRuns: 30 },
    );
  });

  it('finds the latest tick without listing those before', () => {
    fc.assert(
      fc.property(
        schedules,
        zones,
        moments,
        fc.integer({ min: 0, max: DAY_MS }),
        (schedule, zone, after, span) => {
          const timetable = new Timetable(schedule, zone);
          const listed = timetable.between(after, after + span, Number.POSITIVE_INFINITY);
          expect(timetable.latest(after, after + span)).toBe(listed.at(-1));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('stops at the limit', () => {
    expect(ticksBetween('* * * * *', 'UTC', 0, DAY_MS, 3)).toEqual([60_000, 120_000, 180_000]);
    expect(ticksBetween('* * * * *', 'UTC', 0, 59_999, 3)).toEqual([]);
  });
});
