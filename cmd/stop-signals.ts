import { constants } from 'node:os';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * A signal that aborts at the first SIGTERM or SIGINT. A second one ends the process at once, with the
 * exit code that a shell gives it.
 */
export function stopOnSignals(): { signal: AbortSignal; forget: () => void } {
  const controller = new AbortController();
  const listener = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(128 + constants.signals[name]);
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, listener);
  return {
    signal: controller.signal,
    forget() {
      for (const name of SIGNALS) process.off(name, listener);
    },
  };
}
