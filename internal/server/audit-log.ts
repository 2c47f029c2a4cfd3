import { type DestinationStream, type Logger, pino } from 'pino';
import { type Settings, SettingsError } from '../config/index.ts';
import type { AuditLog } from '../httpapi/index.ts';
import { kernelPathProblem } from '../store/index.ts';

/** Who may read the file: its owner, and its group. */
const MODE = 0o640;

/**
 * Opens the audit log of the settings. Each line is written as soon as the answer is over, whatever the
 * log level; one that cannot be written is told by the server's own log, and refuses no request.
 * @throws SettingsError when its file cannot be written.
 */
export function openAuditLog({ auditLog }: Settings, log: Logger): AuditLog {
  if (auditLog === 'off') return { write() {} };
  if (auditLog === 'stdout') return { write: writer() };
  const file = openFile(auditLog);
  file.on('error', (err) => log.error({ err, file: auditLog }, 'the audit log cannot be written'));
  return { write: writer(file) };
}

/**
 * Not the logger of the process: that has a level, and looks each line over for secrets, which costs four
 * times as much as the line. An entry has no place for any.
 */
function writer(destination: DestinationStream = pino.destination(1)): AuditLog['write'] {
  const options = {
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const lines = pino(options, destination);
  return (entry) => lines.info({ audit: true, ...entry }, 'write');
}

function openFile(dest: string): ReturnType<typeof pino.destination> {
  try {
    const problem = kernelPathProblem(dest);
    if (problem !== undefined) throw new Error(problem);
    return pino.destination({ dest, mkdir: true, mode: MODE, sync: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SettingsError([`SWARMER_AUDIT_LOG: the file cannot be opened for writing (${why})`]);
  }
}
