import { Cron } from 'croner';

const HOUR_MS = 3_600_000;
/** More than clocks are moved at once. */
const MARGIN_MS = 3 * HOUR_MS;

/** The ticks later than `after` and up to `until`, straight from croner: its list, sorted, each once. */
export function cronerTicks(
  schedule: string,
  zone: string,
  after: number,
  until: number,
): number[] {
  const cron = new Cron(schedule, { timezone: zone, paused: true, mode: '5-part' });
  // A list that begins or ends at a clock change lacks some: both ends are cut off.
  const ticks = list(cron, after - MARGIN_MS, until + MARGIN_MS);
  return [...new Set(ticks)].filter((tick) => tick > after && tick <= until).sort((a, b) => a - b);
}

function list(cron: Cron, from: number, to: number): number[] {
  let count = 16;
  for (;;) {
    const ticks = cron.nextRuns(count, new Date(from)).map(Number);
    const last = ticks.at(-1);
    if (last === undefined || ticks.length < count || last > to) return ticks;
    // As many more as the first ones let expect, at most four times as many.
    count = Math.ceil(count * Math.min(4, (1.1 * (to - from)) / (last - from))) + 16;
  }
}
