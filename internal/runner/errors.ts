/**
 * Statuses of a command that never ran, as POSIX shells (126, 127) and coreutils' `env`, `timeout`
 * and `nohup` (125: the tool itself failed) use them.
 */
export const STATUS = { runnerFailed: 125, cannotInvoke: 126, notFound: 127 } as const;

/** The command was not started. The message goes to stderr and into the report. */
export class NotStarted extends Error {
  override readonly name = 'NotStarted';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
