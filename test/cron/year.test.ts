import { describe, expect, test } from 'vitest';
import { CONCURRENCY_POLICIES } from '../../internal/apis/index.ts';
import { cronerTicks } from '../../internal/cron/testing/croner-ticks.ts';
import { EXPECTED, forbiddenUntil } from '../../internal/cron/testing/expected.ts';
import {
  aroundChanges,
  SCHEDULES,
  type TimedSchedule,
  type Window,
  YEAR,
  ZONES,
} from '../../internal/cron/testing/years.ts';
import { useStore } from '../store/harness.ts';
import { type Course, cronSpec } from './course.ts';
import { CronWorld } from './cron-world.ts';

/*
 * The real loop on a real Redis fires what croner lists, in three zones under each policy:
 * - all of 2026 for schedules of a tick a day, a week, a month;
 * - the day before and after each clock change for those of a tick an hour, and every quarter of the
 *   hours in which clocks change. A year of these would take an hour.
 */
const DAYS = 1;
const DEADLINE_S = 1200;
const VARIANTS = [...CONCURRENCY_POLICIES, 'Forbid with a deadline'] as const;
type Variant = (typeof VARIANTS)[number];

const newStore = useStore();
const daily = (schedule: string) => schedule === '30 2 * * *';
const sparse = SCHEDULES.filter(({ schedule, days }) => days === undefined || daily(schedule));
const dense = SCHEDULES.filter((given) => !sparse.includes(given));

describe.each(ZONES)('in %s', (timeZone) => {
  test('a year of what is sparse', async () => {
    await check(timeZone, sparse, YEAR);
  });

  test.each(aroundChanges(timeZone, DAYS))('the days $title, of what is dense', async (window) => {
    await check(timeZone, dense, window);
  });
});

async function check(timeZone: string, schedules: readonly TimedSchedule[], { from, to }: Window) {
  const store = newStore();
  const world = new CronWorld(store, await store.lead(), from);
  const courses = schedules.flatMap((given) =>
    VARIANTS.map((variant) => ({ variant, course: courseOf(given, timeZone, variant) })),
  );
  const uids: string[] = [];
  for (const { course } of courses) uids.push(await world.add(course));
  await world.run(to);
  for (const [i, { variant, course }] of courses.entries()) {
    const uid = uids[i] ?? '';
    const ticks = cronerTicks(course.spec.schedule, timeZone, from, to);
    expect(ticks.length).toBeGreaterThan(10);
    const happened = await world.happened(uid);
    expect({ name: course.name, ...happened }).toEqual({
      ...{ name: course.name, ...expected(variant, ticks, course) },
    });
    await checkHistory(world, uid);
  }
}

function courseOf(
  { schedule, duration }: TimedSchedule,
  timeZone: string,
  variant: Variant,
): Course {
  const waits = variant === 'Forbid with a deadline';
  const spec = cronSpec({
    ...{ schedule, timeZone, concurrencyPolicy: waits ? 'Forbid' : variant },
    ...(waits ? { startingDeadlineSeconds: DEADLINE_S } : {}),
  });
  const name = `${variant} ${schedule}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return { name: name.replace(/-$/, ''), spec, duration };
}

function expected(variant: Variant, ticks: number[], { duration }: Course) {
  return variant === 'Forbid with a deadline'
    ? forbiddenUntil(ticks, duration, DEADLINE_S * 1000)
    : { ...EXPECTED[variant](ticks, duration), givenUp: 0 };
}

/** What is left is what the limits keep, and what runs. */
async function checkHistory({ jobs }: CronWorld, uid: string): Promise<void> {
  const record = await jobs.crons.getCronJob(uid);
  const phases = record?.siblings.map(({ phase }) => phase) ?? [];
  const running = [...jobs.running.values()].filter(({ cron }) => cron === uid);
  expect(phases.filter((phase) => phase === 'Running')).toHaveLength(running.length);
  expect(phases.filter((phase) => phase === 'Complete').length).toBeLessThanOrEqual(3);
  expect(phases.filter((phase) => /Failed|Cancelled/.test(phase)).length).toBeLessThanOrEqual(1);
  expect(record?.cron.status.active.map((job) => job.uid)).toEqual(running.map((job) => job.uid));
}
