import { constants } from 'node:os';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * A signal that aborts at the first SIGTERM or SIGINT. A second one ends the process at once, with the
 * exit code that a shell gives it. SIGHUP asks a service to read its files again; of a process on a terminal it
 * means that the terminal has gone, and ends it as SIGTERM does.
 */
export function stopOnSignals(): {
  signal: AbortSignal;
  forget: () => void;
  onReload: (listener: () => void) => void;
} {
  let reload = () => {};
  const controller = new AbortController();
  const listener = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(128 + constants.signals[name]);
    controller.abort();
  };
  const hangup = () => (process.stdout.isTTY ? listener('SIGHUP') : reload());
  for (const name of SIGNALS) process.on(name, listener);
  process.on('SIGHUP', hangup);
  return {
    signal: controller.signal,
    onReload(wanted) {
      reload = wanted;
    },
    forget() {
      process.off('SIGHUP', hangup);
      for (const name of SIGNALS) process.off(name, listener);
    },
  };
}
