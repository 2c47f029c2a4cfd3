import { describe, expect, it } from 'vitest';
import { CONCURRENCY_POLICIES, type ConcurrencyPolicy } from '../apis/index.ts';
import { cronerTicks } from './testing/croner-ticks.ts';
import { EXPECTED, forbiddenUntil } from './testing/expected.ts';
import { type Course, Driver } from './testing/year.ts';
import { aroundChanges, SCHEDULES, YEAR, ZONES } from './testing/years.ts';

const DEADLINE_S = 1200;

/** All of the year on a real store is in test/cron/year.test.ts. */
const COURSES = ZONES.flatMap((timeZone) =>
  SCHEDULES.flatMap(({ schedule, duration, days }) => {
    const windows = days === undefined ? [YEAR] : aroundChanges(timeZone, days);
    return windows.map((window) => {
      const ticks = cronerTicks(schedule, timeZone, window.from, window.to);
      return { timeZone, schedule, duration, ticks, ...window };
    });
  }),
);

type Given = (typeof COURSES)[number];
type Policy = Omit<Course['spec'], 'schedule' | 'timeZone'>;

describe.each(COURSES)('$schedule in $timeZone, $title', (given) => {
  it.each(CONCURRENCY_POLICIES)('%s fires what croner lists', (concurrencyPolicy) => {
    const expected = EXPECTED[concurrencyPolicy](given.ticks, given.duration);
    expect(run(given, { concurrencyPolicy })).toEqual({ ...expected, givenUp: 0 });
    expect(differs(concurrencyPolicy, expected)).toBe(true);
  });
});

// Every end of a job is a wake-up here: hourly jobs would add much time, and no case.
describe.each(COURSES.filter(({ schedule }) => schedule !== '0 * * * *'))(
  '$schedule in $timeZone, $title',
  (given) => {
    it('Forbid with a deadline fires late what it may', () => {
      const expected = forbiddenUntil(given.ticks, given.duration, DEADLINE_S * 1000);
      const spec = { concurrencyPolicy: 'Forbid' as const, startingDeadlineSeconds: DEADLINE_S };
      expect(run(given, spec)).toEqual(expected);
      expect(expected.started.some(({ tick, at }) => at > tick)).toBe(true);
    });
  },
);

function run({ schedule, timeZone, ...given }: Given, policy: Policy) {
  return new Driver({ ...given, spec: { schedule, timeZone, ...policy } }).run();
}

/** The durations are such that each policy has something to do. */
function differs(
  policy: ConcurrencyPolicy,
  { skipped, replaced }: ReturnType<typeof EXPECTED.Allow>,
) {
  if (policy === 'Allow') return skipped.length + replaced.length === 0;
  return (policy === 'Forbid' ? skipped : replaced).length > 0;
}
