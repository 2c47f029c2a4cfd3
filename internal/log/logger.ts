import { type DestinationStream, type LevelWithSilent, type Logger, pino } from 'pino';
import { serializeError } from './serialize-error.ts';

const SECRETS = ['token', 'authorization', 'password', 'secret'];

interface LoggerOptions {
  level: LevelWithSilent;
  /** Where the lines go. Default: stdout. */
  destination?: DestinationStream;
}

/**
 * Makes the logger: one JSON object a line, on a terminal too, with the time as ISO 8601 in UTC and
 * the level as a word. Log errors as `err`.
 */
export function createLogger({ level, destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: serializeError },
      redact: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
    },
    destination ?? pino.destination(1),
  );
}
