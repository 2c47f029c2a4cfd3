import { CRON_FIELDS, type FieldValues, readCronField } from './cron-field.ts';
import { quoted } from './path.ts';

/** Longer than any schedule that names each value of each field once. */
const MAX_CHARS = 500;
const ORDER = CRON_FIELDS.map((field) => field.name).join(', ');

const MACROS: ReadonlyMap<string, string> = new Map([
  ['@hourly', '0 * * * *'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@weekly', '0 0 * * 0'],
  ['@monthly', '0 0 1 * *'],
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
]);

const DAYS_OF_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * What is wrong with a schedule, in the words of a problem ("must …"), or undefined when nothing is.
 * Allowed is what crontab(5) and Kubernetes know; internal/cron/README.md has the list.
 */
export function scheduleProblem(text: string): string | undefined {
  const read = readSchedule(text);
  return typeof read === 'string' ? read : undefined;
}

export function isSchedule(text: string): boolean {
  return scheduleProblem(text) === undefined;
}

/**
 * A schedule in its plainest form: five fields, each `*` or a list of numbers, Sunday 0.
 * @throws RangeError when `text` is no schedule.
 */
export function plainSchedule(text: string): string {
  const read = readSchedule(text);
  if (typeof read === 'string') throw new RangeError(`schedule ${quoted(text)} ${read}`);
  return read.map(({ every, values }) => (every ? '*' : values.join(','))).join(' ');
}

/** @returns the five fields, or the problem. */
function readSchedule(text: string): FieldValues[] | string {
  if (text.length > MAX_CHARS) return `must be at most ${MAX_CHARS} characters long`;
  const trimmed = text.trim();
  if (trimmed.startsWith('@') && !MACROS.has(trimmed)) {
    return `must have five fields (${ORDER}) or be one of ${[...MACROS.keys()].join(', ')}`;
  }
  const texts = (MACROS.get(trimmed) ?? trimmed).split(/\s+/);
  if (texts.length !== CRON_FIELDS.length) return countProblem(texts);
  const fields: FieldValues[] = [];
  for (const [index, field] of CRON_FIELDS.entries()) {
    const read = readCronField(texts[index] ?? '', field);
    if (typeof read === 'string') return `must have a valid ${field.name}: ${read}`;
    fields.push(read);
  }
  return neverFires(fields) ? 'must fire at some time: no month of it has such a day' : fields;
}

function countProblem(texts: string[]): string {
  if (/^(CRON_)?TZ=/.test(texts[0] ?? '')) return 'must not name a time zone: "timeZone" does';
  const found = texts[0] === '' ? 0 : texts.length;
  const hint = found === 6 ? '; it cannot give seconds or years' : '';
  return `must have five fields (${ORDER}), but has ${found}${hint}`;
}

/** True when no month of the schedule has a day of it, such as February 30. */
function neverFires([, , days, months, weekdays]: FieldValues[]): boolean {
  const firstDay = days?.values[0] ?? 1;
  const lastDays = months?.values.map((month) => DAYS_OF_MONTH[month - 1] ?? 0) ?? [];
  // When both kinds of days are given, one of them is enough, and every month has every weekday.
  return weekdays?.every === true && lastDays.every((last) => firstDay > last);
}

// Abbreviations that ICU knows and the IANA database does not: what "IST" or "BST" is, is a guess.
const NOT_IANA = /^(?!CET|EET|EST|GMT|HST|MET|MST|PRC|ROC|ROK|UCT|UTC|WET)[A-Z]{3}$|^SystemV\//i;

/** True for the name of a zone in the IANA database, in any case. An offset such as "+01:00" is none. */
export function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z]/.test(text) || NOT_IANA.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: text });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The names of zones to choose from, in order. Aliases are valid too, but not among them. */
export function timeZones(): string[] {
  return [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])].sort();
}
