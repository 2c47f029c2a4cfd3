/** What the program exits with. Stable: scripts go by it. */
export const EXIT = {
  ok: 0,
  error: 1,
  usage: 2,
  jobFailed: 3,
  notAuthorised: 4,
  notFound: 5,
  timedOut: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An end that the user is told of in words: no stack trace is shown. */
export class CliError extends Error {
  override name = 'CliError';
  readonly exitCode: ExitCode;
  /** Shown below the message, one per line, indented. */
  readonly details: readonly string[];

  /** @param message empty when the user has been told everything already. */
  constructor(message: string, exitCode: ExitCode = EXIT.error, details: readonly string[] = []) {
    super(message);
    this.exitCode = exitCode;
    this.details = details;
  }
}

/** The command line asks for what there is not. */
export class UsageError extends CliError {
  override name = 'UsageError';

  constructor(message: string) {
    super(message, EXIT.usage);
  }
}

/** The user has stopped the program by a signal. */
export class Interrupted extends CliError {
  override name = 'Interrupted';

  constructor() {
    super('interrupted', EXIT.interrupted);
  }
}

/** The code of a system error such as `ECONNREFUSED`; undefined for other errors. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
