const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** A span for people, in its two greatest units: `1h05m`, `42s`. Rounded up to seconds. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const at = UNITS.findIndex(([, size]) => seconds >= size);
  const [first, second] = [UNITS[at === -1 ? 3 : at], UNITS[at === -1 ? 4 : at + 1]];
  if (first === undefined) return '0s';
  const whole = Math.floor(seconds / first[1]);
  if (second === undefined) return `${whole}${first[0]}`;
  const rest = Math.floor((seconds % first[1]) / second[1]);
  return `${whole}${first[0]}${String(rest).padStart(2, '0')}${second[0]}`;
}
