import { accessSync, constants } from 'node:fs';
import type { Command } from './command.ts';
import { NotStarted, STATUS } from './errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'it is not executable, or is a directory; chmod +x it in the image',
  ENOEXEC: 'it is no program of this machine and has no #! line',
  E2BIG: 'its arguments and environment are too long for the kernel; put them into a file',
};

function canEnter(directory: string): boolean {
  try {
    accessSync(`${directory}/.`, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/**
 * Says why a command did not start, with the status a shell would give: 127 not found, 126 for
 * everything else. `spawn` reports a missing working directory as ENOENT of the command too, so that
 * is looked at first.
 */
export function startFailure(command: Command, error: unknown): NotStarted {
  const { file, cwd } = command;
  const code = codeOf(error);
  const name = JSON.stringify(file);
  if (cwd !== undefined && !canEnter(cwd)) {
    const text = `cannot start ${name}: RUN_BASE_DIR ${JSON.stringify(cwd)} is no directory it can run in`;
    return new NotStarted(STATUS.cannotInvoke, text);
  }
  if (code === 'ENOENT' || file === '') {
    const what = file.includes('/') ? 'no such file, or its #! line names none' : 'not in PATH';
    return new NotStarted(STATUS.notFound, `cannot start ${name}: command not found: ${what}`);
  }
  return new NotStarted(STATUS.cannotInvoke, `cannot start ${name}: ${REASONS[code] ?? code}`);
}
