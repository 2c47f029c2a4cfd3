import type { ModelSpec } from './raw.ts';

type Driver = NonNullable<ModelSpec['TaskTemplate']['LogDriver']>;

/** A line, or a part of a long one, as a process wrote it. */
export interface LogLine {
  stream: 'stdout' | 'stderr';
  text: string;
}

const UNLIMITED = Number.POSITIVE_INFINITY;
const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1000, m: 1_000_000 };

/** What the default driver is, and what keeps nothing that could be read. */
export const DEFAULT_DRIVER: Driver = { Name: 'json-file' };

/** The lines of a text. */
export function linesOf(stream: LogLine['stream'], text: string): LogLine[] {
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => ({ stream, text: line }));
}

/**
 * What an engine has kept of the lines that were written: a file that has its size is put aside when the next line
 * comes, and the oldest goes (moby: loggerutils/logfile.go). A buffer that is full drops what comes.
 */
export function keptLines({ Name, Options = {} }: Driver, written: readonly LogLine[]): LogLine[] {
  if (Name === 'none' || Options['cache-disabled'] === 'true') return [];
  const isBlocking = Options['mode'] !== 'non-blocking';
  const lines = isBlocking ? written : written.filter((_, i) => i % 3 === 0);
  const size = Options['max-size'] === undefined ? UNLIMITED : bytesOf(Options['max-size']);
  const count = Number(Options['max-file'] ?? 1);
  let files: LogLine[][] = [[]];
  let filled = 0;
  for (const line of lines) {
    if (filled >= size) {
      files = [...files, []].slice(-count);
      filled = 0;
    }
    files.at(-1)?.push(line);
    filled += jsonLine(line).length;
  }
  return files.flat();
}

function jsonLine({ stream, text }: LogLine): string {
  return `${JSON.stringify({ log: text, stream, time: '2026-01-01T00:00:00.000000000Z' })}\n`;
}

function bytesOf(size: string): number {
  const [, number = '', unit = ''] = /^(\d+)([bkm]?)$/.exec(size) ?? [];
  return Number(number) * (UNITS[unit] ?? 1);
}
