import { CronDate, CronPattern } from 'croner';
import { plainSchedule } from '../apis/validation/cron-text.ts';
import { ZoneClocks } from './zone-clocks.ts';

const MINUTE_MS = 60_000;
const IN_UTC = 0;

/**
 * The ticks of a schedule in a time zone: those that croner lists, each once and in order. All times
 * are Unix ms.
 *
 * croner lists what the clocks on the wall will show. Where these are put forward, its list has
 * instants twice and runs backwards; started between two showings of the same hour, it runs into the
 * past. So near such a day this class looks a little further to both sides, and takes the least.
 */
export class Timetable {
  readonly #pattern: CronPattern;
  readonly #clocks: ZoneClocks;

  /** @throws RangeError when the schedule or the zone is not valid. */
  constructor(schedule: string, zone: string) {
    this.#pattern = new CronPattern(plainSchedule(schedule), zone, { mode: '5-part' });
    this.#clocks = new ZoneClocks(zone);
  }

  /** The first tick later than `after`; undefined when there is none before the year 3000. */
  next(after: number): number | undefined {
    for (const tick of this.#laterThan(after)) return tick;
    return undefined;
  }

  /** The ticks later than `after` and up to `until`, the first `limit` of them. */
  between(after: number, until: number, limit: number): number[] {
    const ticks: number[] = [];
    for (const tick of this.#laterThan(after)) {
      if (tick > until || ticks.length >= limit) break;
      ticks.push(tick);
    }
    return ticks;
  }

  /**
   * The last tick later than `after` and up to `until`. What it costs grows with the logarithm of the
   * time between, not with the number of ticks.
   */
  latest(after: number, until: number): number | undefined {
    let found = this.next(after);
    if (found === undefined || found > until) return undefined;
    let end = until; // no tick is later than `end` and up to `until`
    while (end - found >= MINUTE_MS) {
      const middle = found + Math.floor((end - found) / 2);
      const tick = this.next(middle);
      if (tick !== undefined && tick <= until) found = tick;
      else end = middle;
    }
    return found;
  }

  *#laterThan(after: number): Generator<number, undefined> {
    const from = after - this.#clocks.shiftNear(after);
    const wall = new CronDate(new Date(this.#clocks.shown(from)), IN_UTC);
    let pending: number[] = [];
    let done = after;
    while (wall.increment(this.#pattern, {}, true) !== null) {
      const tick = this.#clocks.instantOf(wall.getTime());
      if (tick > done) pending = [...new Set([...pending, tick])].sort((a, b) => a - b);
      for (const least of pending) {
        // Whatever follows is earlier than `tick` by no more than the clocks are moved.
        if (tick < least + this.#clocks.shiftNear(least)) break;
        yield least;
        done = least;
      }
      pending = pending.filter((later) => later > done);
    }
    yield* pending;
  }
}
