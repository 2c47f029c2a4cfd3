import { terminalSafe } from '../output/terminal-safe.ts';

/** Names and values in two columns. Values may have several lines. */
export function fieldLines(fields: readonly (readonly [string, string | undefined])[]): string[] {
  const shown = fields.filter((field): field is [string, string] => field[1] !== undefined);
  const width = Math.max(0, ...shown.map(([name]) => name.length)) + 3;
  return shown.flatMap(([name, value]) => {
    const [first = '', ...more] = value.split('\n').map(terminalSafe);
    return [`${`${name}:`.padEnd(width)}${first}`, ...more.map((line) => ' '.repeat(width) + line)];
  });
}

/** A part with a heading; `<none>` beside the heading when it is empty. */
export function section(heading: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [`${heading}:  <none>`];
  return [`${heading}:`, ...lines.map((line) => `  ${line}`)];
}

/** A value of a spec on as few lines as it takes. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  return JSON.stringify(value);
}

/** Labels or annotations, one per line. */
export function mapText(map: Record<string, string> | undefined): string {
  const lines = Object.entries(map ?? {}).map(([key, value]) => `${key}=${terminalSafe(value)}`);
  return lines.length === 0 ? '<none>' : lines.join('\n');
}
