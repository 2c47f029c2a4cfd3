const HOUR_MS = 3_600_000;
/** More than any zone ever moved its clocks at once: Samoa left out a day. */
const VICINITY_MS = 25 * HOUR_MS;
const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

/**
 * The clocks of a time zone. Times are Unix ms; what clocks show is in ms too, as if it were in UTC.
 */
export class ZoneClocks {
  readonly #format: Intl.DateTimeFormat;

  /** @throws RangeError when there is no such zone. */
  constructor(zone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  }

  /** What the clocks show at `time`. */
  shown(time: number): number {
    return time + this.#offset(time);
  }

  /**
   * When the clocks show `shown`, by the rules of croner 10 (`fromTZ`), whose own function takes thirty
   * times as long. What is never shown is counted on from before the clocks were put forward; of two
   * times an hour apart it is the first.
   */
  instantOf(shown: number): number {
    const guess = shown - this.#offset(shown);
    const missed = shown - this.shown(guess);
    if (missed === 0) return this.shown(guess - HOUR_MS) === shown ? guess - HOUR_MS : guess;
    const corrected = guess + missed;
    return this.shown(corrected) === shown ? corrected : Math.max(guess, corrected);
  }

  /** By how much clocks are moved near `time`, in ms: 0 on all but some days of a year. */
  shiftNear(time: number): number {
    const near = [time - VICINITY_MS, time, time + VICINITY_MS].map((at) => this.#offset(at));
    return Math.max(...near) - Math.min(...near);
  }

  /** How far the clocks are ahead of UTC. */
  #offset(time: number): number {
    const text = this.#format.format(time);
    const found = OFFSET.exec(text);
    if (found === null) throw new Error(`no offset from UTC in "${text}", as Intl gave it`);
    const [, sign, hours, minutes, seconds] = found;
    const size = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
    return (sign === '-' ? -size : size) * 1000;
  }
}
