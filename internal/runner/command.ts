import type { Env } from './env.ts';
import { NotStarted, STATUS } from './errors.ts';
import { readTaskArgs } from './task-args.ts';
import { splitWords } from './words.ts';

/** What to start. `cwd` is absent when the runner's own working directory is to be kept. */
export interface Command {
  file: string;
  args: string[];
  cwd?: string;
}

function splitRunCmd(line: string): string[] {
  try {
    return splitWords(line);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new NotStarted(STATUS.runnerFailed, `RUN_CMD cannot be split into words: ${what}`);
  }
}

function equal(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function fromArgv(argv: readonly string[]): Command | undefined {
  const [file, ...args] = argv;
  return file === undefined ? undefined : { file, args };
}

function fromRunCmd(env: Env, argv: readonly string[], rest: readonly string[]) {
  const [file, ...args] = splitRunCmd(env['RUN_CMD'] ?? '');
  if (file === undefined) return undefined;
  const taskArgs = readTaskArgs(env);
  const onlyTaskArgs = rest.length === 0 || equal(argv, taskArgs) || equal(rest, taskArgs);
  if (!onlyTaskArgs) return undefined;
  const cwd = env['RUN_BASE_DIR'];
  return { file, args: [...args, ...taskArgs], ...(cwd ? { cwd } : {}) };
}

/**
 * Finds the command in the arguments or, failing that, in the original client's environment.
 *
 * A swarm service's `Args` are appended to the image's ENTRYPOINT, so a command in `argv` already
 * ends with the task's arguments and gets nothing appended. With ENTRYPOINT `["swarmer-run"]` and
 * `RUN_CMD`, `argv` is the task's arguments and nothing else: then `RUN_CMD` is the command.
 *
 * @throws NotStarted (125) when there is no command, or when what names it cannot be read.
 */
export function resolveCommand(argv: readonly string[], env: Env): Command {
  const rest = argv[0] === '--' ? argv.slice(1) : argv;
  const command = fromRunCmd(env, argv, rest) ?? fromArgv(rest);
  if (command) return command;
  throw new NotStarted(
    STATUS.runnerFailed,
    'no command: name one in the image\'s ENTRYPOINT (["swarmer-run", "CMD", "ARG"]) or in RUN_CMD; see swarmer-run --help',
  );
}
