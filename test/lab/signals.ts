/** Calls `stop` once on SIGINT, SIGTERM or SIGHUP and then ends this process by that signal. */
export function stopOnSignals(stop: () => Promise<void>): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const forget = () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    for (const each of signals) process.on(each, ignore);
    forget();
    const again = () => {
      for (const each of signals) process.off(each, ignore);
      process.kill(process.pid, signal);
    };
    stop().then(again, (error: unknown) => {
      process.stderr.write(`lab: could not stop: ${String(error)}\n`);
      again();
    });
  };
  for (const signal of signals) process.on(signal, onSignal);
  return forget;
}

/** A second signal does not cut the stopping short: it takes a second or two. */
function ignore(): void {}
