const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A time during which cron jobs run. Unix ms. */
export interface Window {
  title: string;
  from: number;
  /** Not soon after a tick, so that the last one is decided. */
  to: number;
}

export interface TimedSchedule {
  schedule: string;
  /** How long the nth of its jobs runs, in ms. Some run beyond the next tick. */
  duration: (nth: number) => number;
  /** Days before and after each clock change, where a year of it would be too much to run. */
  days?: number;
}

export const YEAR: Window = {
  title: 'all of 2026',
  from: Date.UTC(2025, 11, 31, 12),
  to: Date.UTC(2027, 0, 1, 12, 50),
};

export const SCHEDULES: readonly TimedSchedule[] = [
  timed('0 * * * *', 2, [5, 59, 60, 61, 200, 30]),
  timed('*/15 1-3 * * *', 3, [1, 14, 15, 40, 5, 1500]),
  timed('30 2 * * *', 14, [10, 1439, 1441, 60, 1380, 1500, 3000]),
  timed('0 0 1 * *', undefined, [44_650, 100, 50_000, 30]),
  timed('@weekly', undefined, [60, 10_079, 10_081, 25_000]),
];

/** When clocks are put forward or back in 2026. */
const CHANGES: Record<string, readonly string[]> = {
  'Europe/Berlin': ['2026-03-29T01:00Z', '2026-10-25T01:00Z'],
  'America/New_York': ['2026-03-08T07:00Z', '2026-11-01T06:00Z'],
  'Australia/Lord_Howe': ['2026-04-04T15:00Z', '2026-10-03T15:30Z'],
};
export const ZONES = Object.keys(CHANGES);

/** The days before and after each clock change of a zone. */
export function aroundChanges(zone: string, days: number): Window[] {
  return (CHANGES[zone] ?? []).map((text) => {
    const change = Date.parse(text);
    const hour = change - (change % HOUR_MS);
    // To the afternoon of the last day, and not to the minute of a deadline anywhere.
    const [from, to] = [hour - days * DAY_MS, hour + days * DAY_MS + 12 * HOUR_MS + 55 * MINUTE_MS];
    return { title: `around ${text.slice(0, 10)}`, from, to };
  });
}

/** @param minutes that its jobs run, one after the other. */
function timed(
  schedule: string,
  days: number | undefined,
  minutes: readonly number[],
): TimedSchedule {
  const duration = (nth: number) => (minutes[nth % minutes.length] ?? 0) * MINUTE_MS;
  return { schedule, duration, ...(days === undefined ? {} : { days }) };
}
