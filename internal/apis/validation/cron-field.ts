import { quoted } from './path.ts';

export interface CronField {
  name: string;
  min: number;
  max: number;
  /** How many different values there are; 0 and 7 are the same day of the week. */
  size: number;
  /** Names of the values, the first that of `min`. */
  names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** The fields of a schedule, in order. */
export const CRON_FIELDS: readonly CronField[] = [
  { name: 'minute', min: 0, max: 59, size: 60 },
  { name: 'hour', min: 0, max: 23, size: 24 },
  { name: 'day of the month', min: 1, max: 31, size: 31 },
  { name: 'month', min: 1, max: 12, size: 12, names: MONTHS },
  { name: 'day of the week', min: 0, max: 7, size: 7, names: WEEKDAYS },
];

/** The values of one field, in order; `every` when the field does not restrict. */
export interface FieldValues {
  every: boolean;
  values: number[];
}

/** `*`, or a value or a range; then perhaps a step. */
const ITEM = /^(?:([*?])|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/(\d{1,9}))?$/i;

/** @returns the values that `text` lists, or what is wrong with it. */
export function readCronField(text: string, field: CronField): FieldValues | string {
  let every = false;
  const values = new Set<number>();
  for (const item of text.split(',')) {
    const read = readItem(item, field);
    if (typeof read === 'string') return read;
    every ||= read.every;
    for (const value of read.values) values.add(field.size === 7 ? value % 7 : value);
  }
  return { every, values: [...values].sort((a, b) => a - b) };
}

function readItem(item: string, field: CronField): FieldValues | string {
  const parts = ITEM.exec(item);
  if (parts === null) {
    return `${quoted(item)} is not "*", a value or a range, with or without a step such as "/5"`;
  }
  const step = Number(parts[4] ?? 1);
  if (step < 1 || step > field.size) {
    return `the step of ${quoted(item)} is not from 1 to ${field.size}`;
  }
  const range = rangeOf(parts, field);
  if (range === undefined) return `${quoted(item)} is not within ${valuesInWords(field)}`;
  const [first, last] = range;
  if (last < first) return `the range ${quoted(item)} runs backwards`;
  const values: number[] = [];
  for (let value = first; value <= last; value += step) values.push(value);
  return { every: parts[1] !== undefined && step === 1, values };
}

/** The first and last value of an item, undefined when one is outside the field. */
function rangeOf(parts: RegExpExecArray, field: CronField): [number, number] | undefined {
  const [, star, from, to, step] = parts;
  // Of 0 and 7, which are both Sunday, only 0 is counted.
  const greatest = field.min + field.size - 1;
  if (star !== undefined) return [field.min, greatest];
  const first = valueIn(field, from ?? '');
  if (first === undefined) return undefined;
  if (to !== undefined) {
    // "fri-sun" ends with the seventh day of the week.
    const last = field.size === 7 && first > 0 && /^sun$/i.test(to) ? 7 : valueIn(field, to);
    return last === undefined ? undefined : [first, last];
  }
  // As in Kubernetes, "5/15" counts from 5 to the end.
  return [first, step === undefined ? first : Math.max(first, greatest)];
}

function valueIn(field: CronField, text: string): number | undefined {
  const named = field.names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return field.min + named;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= field.min && value <= field.max ? value : undefined;
}

function valuesInWords({ min, max, names }: CronField): string {
  const words = names === undefined ? '' : ` or ${names[0]} to ${names.at(-1)}`;
  return `${min} to ${max}${words}`;
}
