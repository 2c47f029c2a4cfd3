import type { Env } from './env.ts';

export const USAGE = `usage: swarmer-run [--] COMMAND [ARG...]
   or: RUN_CMD="COMMAND [ARG...]" swarmer-run

Runs a task's command, passes its output on, and reports its exit status and
output to Swarmer. Exits with the status of the command.

  RUN_CMD        the command line, when none is given as arguments; quotes work,
                 no shell is involved
  RUN_BASE_DIR   the directory to run RUN_CMD in
  SWARMER_OUTPUT_LIMIT_BYTES       what is reported of each stream, from its end
                                   (default 1048576)
  SWARMER_REPORT_TIMEOUT_SECONDS   how long to try to report (default 60)

Swarmer sets SWARMER_ADDRESS, TASK_NAME, SWARMER_TASK_ARGS and RUN_ARGS.
`;

/** Help is for people: within a task `--help` is an argument like any other. */
export function wantsHelp(argv: readonly string[], env: Env): boolean {
  const inTask = env['TASK_NAME'] !== undefined || env['RUN_CMD'] !== undefined;
  return !inTask && argv.length === 1 && argv[0] === '--help';
}
