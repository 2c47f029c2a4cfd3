import { type DestinationStream, type LevelWithSilent, type Logger, pino } from 'pino';
import { serializeError } from './serialize-error.ts';
import { withoutSecrets } from './without-secrets.ts';

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
      formatters: { level: (label) => ({ level: label }), log: withoutSecrets },
      serializers: { err: serializeError },
    },
    destination ?? pino.destination(1),
  );
}
