import { type DestinationStream, type LevelWithSilent, type Logger, pino } from 'pino';
import { Outages } from './outages.ts';
import { serializeError } from './serialize-error.ts';
import { withoutSecrets } from './without-secrets.ts';

interface LoggerOptions {
  level: LevelWithSilent;
  /** Where the lines go. Default: stdout. */
  destination?: DestinationStream;
  /** Ms of a clock that never jumps: with it an outage is told in few lines (see outages.ts). */
  monotonic?: () => number;
}

/** In numbers of pino. */
const WARN = 40;

/**
 * Makes the logger: one JSON object a line, on a terminal too, with the time as ISO 8601 in UTC and
 * the level as a word. Log errors as `err`.
 */
export function createLogger({ level, destination, monotonic }: LoggerOptions): Logger {
  const outages = monotonic && new Outages(monotonic);
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: withoutSecrets },
      serializers: { err: serializeError },
      hooks: {
        logMethod(args, method, at) {
          const [fields, message]: unknown[] = args;
          const untold = at < WARN || outages === undefined ? 0 : outages.admit(fields, message);
          if (untold === undefined) return;
          if (untold === 0) method.apply(this, args);
          else method.apply(this, [{ ...(fields as object), untold }, String(message)]);
        },
      },
    },
    destination ?? pino.destination(1),
  );
}
