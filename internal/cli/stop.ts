import { Interrupted, systemCode } from './errors.ts';
import type { CliIo, OutStream } from './io.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** What ends a run from outside. */
export interface StopReasons {
  /** Aborts with an {@link Interrupted}. */
  signal: AbortSignal;
  /** Whether the reader of stdout has gone, as in `swarmerctl get jobs | head -1`: no failure. */
  isUnread(): boolean;
  /** What the work comes to; at a second signal its end is not waited for. */
  race<T>(work: Promise<T>): Promise<T>;
  forget(): void;
}

/** Listens for signals, and for a stdout that nobody reads. */
export function stopReasons({ signals, stdout, stderr }: CliIo): StopReasons {
  const controller = new AbortController();
  let unread = false;
  let giveUp: (error: Interrupted) => void = () => undefined;
  const impatient = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  // Nobody may be racing against it yet.
  impatient.catch(() => undefined);
  const interrupt = (): void => {
    if (controller.signal.aborted) giveUp(new Interrupted());
    controller.abort(new Interrupted());
  };
  for (const stream of [stdout, stderr]) {
    onBrokenPipe(stream, () => {
      unread = true;
      controller.abort(new Interrupted());
    });
  }
  for (const name of SIGNALS) signals.on(name, interrupt);
  return {
    signal: controller.signal,
    isUnread: () => unread,
    race: (work) => Promise.race([work, impatient]),
    forget() {
      for (const name of SIGNALS) signals.off(name, interrupt);
    },
  };
}

/** Never forgotten: the error may come after the run has ended. */
function onBrokenPipe(stream: OutStream, fn: () => void): void {
  stream.on('error', (error: Error) => {
    if (systemCode(error) !== 'EPIPE') throw error;
    fn();
  });
}
