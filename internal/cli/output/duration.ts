const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** Below this many ms, a span is shown as so many of the first unit, and what is left in the second. */
const STEPS = [
  [2 * MINUTE, SECOND, 's'],
  [10 * MINUTE, MINUTE, 'm', SECOND, 's'],
  [3 * HOUR, MINUTE, 'm'],
  [8 * HOUR, HOUR, 'h', MINUTE, 'm'],
  [2 * DAY, HOUR, 'h'],
  [8 * DAY, DAY, 'd', HOUR, 'h'],
  [2 * YEAR, DAY, 'd'],
  [8 * YEAR, YEAR, 'y', DAY, 'd'],
  [Number.POSITIVE_INFINITY, YEAR, 'y'],
] as const;

/** A span as kubectl shows it: two or three digits that matter, such as `5s`, `3m7s`, `2h`, `4d`. */
export function durationText(ms: number): string {
  const span = Math.max(0, ms);
  const [, unit, letter, lesser, lesserLetter] = STEPS.find(([below]) => span < below) ?? STEPS[8];
  const head = `${Math.floor(span / unit)}${letter}`;
  if (lesser === undefined) return head;
  const rest = Math.floor((span % unit) / lesser);
  return rest === 0 ? head : `${head}${rest}${lesserLetter}`;
}

/** How long ago an ISO time is; `<none>` without one. */
export function ageText(at: string | undefined, now: number): string {
  return spanText(at, (then) => now - then);
}

/** How far ahead an ISO time is; `<none>` without one. */
export function untilText(at: string | undefined, now: number): string {
  return spanText(at, (then) => then - now);
}

/** From one ISO time to the other, or to now; empty without a beginning. */
export function betweenText(from: string | undefined, to: string | undefined, now: number): string {
  if (from === undefined) return '';
  return durationText((to === undefined ? now : Date.parse(to)) - Date.parse(from));
}

function spanText(at: string | undefined, span: (then: number) => number): string {
  const then = at === undefined ? Number.NaN : Date.parse(at);
  return Number.isNaN(then) ? '<none>' : durationText(span(then));
}
