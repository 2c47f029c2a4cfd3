/** While something is away, ms between two lines that tell of it once each of its effects was told. */
const REMIND_MS = 60_000;

/** Something that is away: since the last silence of a minute. */
interface Outage {
  /** Messages that were told. */
  told: Set<string>;
  /** Monotonic ms. */
  toldAt: number;
  lastAt: number;
  untold: number;
}

/**
 * Keeps an outage from flooding the log. Of a store or an engine that does not answer every loop and every
 * request tells several times a second; each message is worth one line, and after that the outage one a minute.
 */
export class Outages {
  readonly #monotonic: () => number;
  /** By what is away: the name of its errors. */
  readonly #outages = new Map<string, Outage>();

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /**
   * @param fields of a line. An `err` whose code is `Unavailable` tells of an outage.
   * @returns how many lines were left out before this one; undefined when it is left out too.
   */
  admit(fields: unknown, message: unknown): number | undefined {
    const away = whatIsAway(fields);
    if (away === undefined || typeof message !== 'string') return 0;
    const now = this.#monotonic();
    const known = this.#outages.get(away);
    const goesOn = known !== undefined && now - known.lastAt < REMIND_MS;
    const outage = goesOn
      ? known
      : { told: new Set<string>(), toldAt: now, lastAt: now, untold: 0 };
    this.#outages.set(away, outage);
    outage.lastAt = now;
    if (outage.told.has(message) && now - outage.toldAt < REMIND_MS) {
      outage.untold += 1;
      return undefined;
    }
    const { untold } = outage;
    outage.untold = 0;
    outage.toldAt = now;
    outage.told.add(message);
    return untold;
  }
}

function whatIsAway(fields: unknown): string | undefined {
  if (typeof fields !== 'object' || fields === null || !('err' in fields)) return undefined;
  const { err } = fields;
  if (!(err instanceof Error) || !('code' in err) || err.code !== 'Unavailable') return undefined;
  return err.name;
}
