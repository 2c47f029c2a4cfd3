import type { Clock } from '../clock/clock.ts';
import type { SignalRelay } from './signals.ts';

export interface BudgetOptions {
  clock: Clock;
  relay: SignalRelay;
  /** For the whole of the work. */
  totalMs: number;
  /** For what is left of it once the runner was asked to stop. */
  graceMs: number;
}

/**
 * Does `work` with a signal that aborts when its time is up: after `totalMs`, or `graceMs` after a
 * request to stop (before the work began counts too: the engine's SIGKILL is on its way). A further
 * request ends it at once.
 */
export async function withBudget<T>(
  options: BudgetOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { clock, relay, totalMs, graceMs } = options;
  const over = new AbortController();
  const cancels = [clock.after(totalMs, () => over.abort())];
  let hurried = false;
  const hurry = () => {
    if (hurried) over.abort();
    else cancels.push(clock.after(graceMs, () => over.abort()));
    hurried = true;
  };
  if (relay.stopRequested) hurry();
  relay.onStop(hurry);
  try {
    return await work(over.signal);
  } finally {
    for (const cancel of cancels) cancel();
  }
}
