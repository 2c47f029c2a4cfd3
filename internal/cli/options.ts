import { UsageError } from './errors.ts';

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const DURATION_PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** The options of one command line, the global ones with them, read by type. */
export class Options {
  readonly #values: Readonly<Record<string, unknown>>;

  /** @param values by the option's name in camel case, as commander has them. */
  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  /** The value of an option that takes one. */
  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** Whether an option that takes no value was given. */
  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  /** Whether `--no-<name>` was given. */
  negated(name: string): boolean {
    return this.#values[name] === false;
  }

  /** All values of an option that may be given several times. */
  list(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.map(String) : [];
  }

  /**
   * A number without fraction, 0 or more.
   * @throws UsageError when it is none.
   */
  whole(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (/^\d{1,15}$/.test(text)) return Number(text);
    throw new UsageError(`--${kebab(name)} must be a number such as 10, not "${text}"`);
  }

  /**
   * A span in ms, given as `30s`, `5m`, `1h30m`; a bare number is seconds.
   * @throws UsageError when it is none.
   */
  duration(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (/^\d{1,9}$/.test(text)) return Number(text) * UNITS.s;
    if (DURATION.test(text)) return sum(text);
    throw new UsageError(`--${kebab(name)} must be a time such as 30s, 5m or 1h30m, not "${text}"`);
  }
}

function sum(text: string): number {
  const parts = [...text.matchAll(DURATION_PART)];
  return parts.reduce((ms, [, count, unit]) => ms + Number(count) * UNITS[unit as 's'], 0);
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
