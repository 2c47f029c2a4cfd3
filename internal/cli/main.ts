import { CommanderError } from 'commander';
import { Context } from './context.ts';
import { CliError, EXIT, Interrupted } from './errors.ts';
import type { CliIo } from './io.ts';
import { Options } from './options.ts';
import { terminalSafeLines } from './output/terminal-safe.ts';
import { buildProgram, type Invocation, isHelp } from './program.ts';
import { stopReasons } from './stop.ts';
import { COMMANDS } from './table.ts';

/**
 * Runs one command line.
 * @returns the exit code; never rejects for what a user can cause.
 */
export async function runCli(io: CliIo): Promise<number> {
  const stop = stopReasons(io);
  try {
    const invocation = understand(io);
    if (typeof invocation === 'number') return invocation;
    const code = await stop.race(run(io, invocation, stop.signal));
    return stop.isUnread() ? EXIT.ok : code;
  } catch (error) {
    return stop.isUnread() ? EXIT.ok : tell(io, error);
  } finally {
    stop.forget();
  }
}

/** The verb that was asked for, or the exit code when there is nothing to run. */
function understand(io: CliIo): Invocation | number {
  let found: Invocation | undefined;
  const program = buildProgram(COMMANDS, io, (invocation) => {
    found = invocation;
  });
  try {
    program.parse([...io.argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return isHelp(error) ? EXIT.ok : EXIT.usage;
  }
  return found ?? EXIT.usage;
}

async function run(io: CliIo, invocation: Invocation, signal: AbortSignal): Promise<number> {
  const { spec, args } = invocation;
  if (spec.load === undefined) throw new Error(`the verb ${spec.name} has nothing to load`);
  const options = new Options(invocation.options);
  const context = new Context({ io, options, signal, commands: COMMANDS });
  try {
    const verb = await spec.load();
    return (await verb.run(context, args, options)) ?? EXIT.ok;
  } finally {
    await context.close();
  }
}

/** Says what went wrong; the stack of what nobody foresaw helps whoever reports it. */
function tell(io: CliIo, error: unknown): number {
  if (!(error instanceof CliError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    io.stderr.write(`swarmerctl: unexpected error, please report it: ${terminalSafeLines(text)}\n`);
    return EXIT.error;
  }
  if (error instanceof Interrupted) return error.exitCode;
  if (error.message !== '') io.stderr.write(`swarmerctl: ${terminalSafeLines(error.message)}\n`);
  for (const detail of error.details) io.stderr.write(`  ${terminalSafeLines(detail)}\n`);
  return error.exitCode;
}
