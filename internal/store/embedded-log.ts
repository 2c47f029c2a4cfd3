import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** Most of a log that is read for what it says. */
const MAX_BYTES = 64 * 1024;
/** Of a start that goes well. */
const USUAL =
  /Redis is starting|Valkey is starting|version=|Configuration loaded|Server initialized|^WARNING|ready to exit|shutdown|^\*+ FATAL/i;
const CUT = /Truncating the AOF (\S+) at offset (\d+)/;

/** What Redis wrote to its log behind `from` (bytes): its beginning is that of one start. */
export function logSince(path: string, from: number): string {
  const bytes = Math.min(MAX_BYTES, Math.max(0, statSync(path).size - from));
  const buffer = Buffer.alloc(bytes);
  const file = openSync(path, 'r');
  try {
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, bytes, from));
  } finally {
    closeSync(file);
  }
}

/**
 * The last two warnings of a log, which tell why a Redis ended: `; ` between them, empty when there are none.
 * Its lines begin with pid, role and time; `#` marks a warning (redis.conf, `loglevel`).
 */
export function lastWarnings(text: string): string {
  const entries = text.split(/^\d+:[A-Z] .*? \d\d:\d\d:\d\d\.\d+ (?=[.\-*#] )/m);
  const warnings = entries
    .filter((entry) => entry.startsWith('# '))
    .map((entry) => entry.slice(2).trim().replaceAll(/\s+/g, ' '))
    .filter((warning) => warning !== '' && !USUAL.test(warning));
  return warnings.slice(-2).join('; ');
}

/** Where Redis cut files off because their ends could not be read. */
export function cutsOf(text: string): { file: string; offset: number }[] {
  return text.split('\n').flatMap((line) => {
    const [, file, offset] = CUT.exec(line) ?? [];
    return file === undefined ? [] : [{ file, offset: Number(offset) }];
  });
}
