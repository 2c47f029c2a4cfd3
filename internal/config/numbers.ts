import { Refused } from './errors.ts';

const DIGITS = /^(0|[1-9]\d{0,14})$/;
const DECIMAL = /^(0|[1-9]\d{0,8})(\.\d{1,6})?$/;
const BYTES = /^(0|[1-9]\d{0,14})(KiB|MiB)?$/;
const UNITS: Record<string, number> = { KiB: 1024, MiB: 1024 * 1024 };

/** Reads digits and nothing else: `12abc`, `1e3`, `-1`, `1.5` and `010` are refused. */
export function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = DIGITS.test(text) ? Number(text) : Number.NaN;
    return within(value, min, max, text, `an integer from ${min} to ${max}`);
  };
}

/** Reads seconds, a fraction allowed. Returns ms. */
export function seconds(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
    const wanted = `a number of seconds from ${min} to ${max}`;
    return Math.round(within(value, min, max, text, wanted) * 1000);
  };
}

/** Reads a size: an integer, alone or with `KiB` or `MiB`. Returns bytes. */
export function bytes(min: number, max: number): (text: string) => number {
  return (text) => {
    const [, digits, unit = ''] = BYTES.exec(text) ?? [];
    const value = digits === undefined ? Number.NaN : Number(digits) * (UNITS[unit] ?? 1);
    const wanted = `a number of bytes from ${min} to ${max} (KiB and MiB may follow the number)`;
    return within(value, min, max, text, wanted);
  };
}

function within(value: number, min: number, max: number, text: string, wanted: string): number {
  if (value >= min && value <= max) return value;
  throw new Refused(`${JSON.stringify(text)} is not ${wanted}`);
}
