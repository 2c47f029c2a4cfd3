import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '../clock/clock.ts';
import type { Command } from './command.ts';
import type { Env } from './env.ts';
import { type SignalRelay, statusOfSignal } from './signals.ts';
import { startFailure } from './start-failure.ts';
import type { Tee } from './tee.ts';

const TICK_MS = 50;

export interface Streams {
  stdout: Tee;
  stderr: Tee;
}

export interface Surroundings {
  env: Env;
  streams: Streams;
  relay: SignalRelay;
  clock: Clock;
  /** How long output is still awaited after the command's exit, see {@link execute}. */
  lingerMs: number;
}

function launch(command: Command, env: Env) {
  const { file, args, cwd } = command;
  try {
    return spawn(file, args, { env: { ...env }, cwd, stdio: ['inherit', 'pipe', 'pipe'] });
  } catch (error) {
    throw startFailure(command, error);
  }
}

function exitStatus(child: ChildProcess, command: Command): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('exit', (code, signal) => resolve(signal ? statusOfSignal(signal) : (code ?? 0)));
    // With a pid it did start: then this is a signal that could not be delivered.
    child.on('error', (error) => {
      if (child.pid === undefined) reject(startFailure(command, error));
    });
  });
}

/** Waits for the end of `copies`, up to `lingerMs` of time in which nothing held them back. */
async function linger(copies: Promise<unknown>, around: Surroundings): Promise<void> {
  const { clock, relay, streams } = around;
  const ended = new AbortController();
  void copies.then(() => ended.abort());
  let left = around.lingerMs;
  while (left > 0 && !ended.signal.aborted) {
    await clock.sleep(TICK_MS, ended.signal);
    const heldBack = streams.stdout.blocked || streams.stderr.blocked;
    if (!heldBack || relay.stopRequested) left -= TICK_MS;
  }
}

/**
 * Runs `command` to its end, with its output and the signals passed on, and resolves to its status.
 *
 * All it wrote before its exit is read. A process it left behind may hold the pipes open for ever,
 * and pid 1 going away ends that process anyway: so it gets `lingerMs` and no more.
 *
 * @throws NotStarted (126, 127) when the command cannot be started.
 */
export async function execute(command: Command, around: Surroundings): Promise<number> {
  const child = launch(command, around.env);
  around.relay.forwardTo(child);
  const { stdout, stderr } = around.streams;
  const copies = Promise.all([stdout.copy(child.stdout), stderr.copy(child.stderr)]);
  try {
    const status = await exitStatus(child, command);
    await linger(copies, around);
    return status;
  } finally {
    around.relay.forwardTo(undefined);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}
