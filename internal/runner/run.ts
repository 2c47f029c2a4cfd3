import type { Writable } from 'node:stream';
import { type Clock, systemClock } from '../clock/clock.ts';
import { withBudget } from './budget.ts';
import { resolveCommand } from './command.ts';
import { deliver } from './deliver.ts';
import type { Env } from './env.ts';
import { NotStarted } from './errors.ts';
import { execute, type Streams, type Surroundings } from './execute.ts';
import { reportBody } from './report-body.ts';
import { readSettings, type Settings } from './settings.ts';
import { SignalRelay, type SignalSource } from './signals.ts';
import { Tee } from './tee.ts';
import { TIMING, type Timing } from './timing.ts';
import { USAGE, wantsHelp } from './usage.ts';

export interface RunOptions {
  /** Without node and the script. */
  argv: readonly string[];
  env: Env;
  stdout: Writable;
  stderr: Writable;
  signals: SignalSource;
  clock?: Clock;
  timing?: Partial<Timing>;
}

interface Run extends Surroundings {
  argv: readonly string[];
  settings: Settings;
  timing: Timing;
}

function prepare(options: RunOptions): Run {
  const { argv, env, clock = systemClock } = options;
  const settings = readSettings(env);
  const timing = { ...TIMING, ...options.timing };
  const streams: Streams = {
    stdout: new Tee(options.stdout, settings.outputLimitBytes),
    stderr: new Tee(options.stderr, settings.outputLimitBytes),
  };
  const relay = new SignalRelay(options.signals);
  return { argv, env, clock, settings, timing, streams, relay, lingerMs: timing.lingerMs };
}

/** One line on stderr, and so in the report too as long as that is not made. */
function say(run: Run, line: string): void {
  void run.streams.stderr.write(Buffer.from(`swarmer-run: ${line}\n`));
}

async function statusOf(run: Run): Promise<number> {
  try {
    return await execute(resolveCommand(run.argv, run.env), run);
  } catch (error) {
    if (!(error instanceof NotStarted)) throw error;
    say(run, error.message);
    return error.status;
  }
}

async function report(run: Run, status: number, interrupted: boolean): Promise<void> {
  const { target, reportTimeoutMs: totalMs } = run.settings;
  if (!target) return;
  const body = reportBody(target.taskName, status, run.streams, interrupted);
  const budget = { ...run, totalMs, graceMs: run.timing.graceMs };
  const problem = await withBudget(budget, (signal) =>
    deliver(target.url, body, { ...run, signal }),
  );
  if (problem === undefined) return;
  const fallback =
    'Swarmer goes by the exit status and the log of the container instead; an exit with 0 does not count ' +
    'where a report is asked for, or was refused';
  say(run, `${target.url.origin} did not take the result: ${problem}. ${fallback}`);
}

/**
 * Runs the task's command, reports its result, and resolves to the status to exit with.
 *
 * That is the command's own status whatever becomes of the report: without one the controller goes
 * by the container's exit status and log, and a failed report must not make a good result a bad one.
 */
export async function run(options: RunOptions): Promise<number> {
  if (wantsHelp(options.argv, options.env)) {
    options.stdout.write(USAGE);
    return 0;
  }
  const run = prepare(options);
  try {
    for (const warning of run.settings.warnings) say(run, warning);
    const status = await statusOf(run);
    await report(run, status, run.relay.stopRequested);
    return status;
  } finally {
    run.relay.close();
  }
}
