import type { Clock } from '../clock/clock.ts';

/** How long a try may take. */
export interface TimeLimits {
  /** Ms until a connection, TLS included, stands. */
  connectMs: number;
  /** Ms without any progress: no byte of the body taken, no answer begun. */
  idleMs: number;
  /** Ms for the whole try; a body adds its bytes at `minBytesPerSecond`. */
  totalMs: number;
  /** The slowest receiver that a large body is still sent to. */
  minBytesPerSecond: number;
  /** Ms after its status line for the body of a reply, which decides nothing. */
  replyMs: number;
}

export const DEFAULT_TIME_LIMITS: TimeLimits = {
  connectMs: 5000,
  idleMs: 30_000,
  totalMs: 60_000,
  minBytesPerSecond: 64 * 1024,
  replyMs: 5000,
};

/** The receiver was too slow. */
export class DeliveryTimeoutError extends Error {
  override readonly name = 'DeliveryTimeoutError';
}

/** The time limit of one try. */
export interface Deadline {
  /** Aborts when time is up, with a DeliveryTimeoutError, or when the caller's signal does. */
  signal: AbortSignal;
  /** Says that something moved. */
  progress(): void;
  /** Ends the watch. Has to be called. */
  stop(): void;
}

/** Starts the time limit of a try that sends `bytes`. */
export function startDeadline(
  clock: Clock,
  limits: TimeLimits,
  bytes: number,
  outer: AbortSignal,
): Deadline {
  const controller = new AbortController();
  const give = (what: string) => () => controller.abort(new DeliveryTimeoutError(what));
  const idle = () => clock.after(limits.idleMs, give(idleText(limits)));
  const totalMs = limits.totalMs + Math.ceil((bytes / limits.minBytesPerSecond) * 1000);
  const cancelTotal = clock.after(totalMs, give(totalText(totalMs, bytes)));
  const follow = () => controller.abort(outer.reason);
  outer.addEventListener('abort', follow, { once: true });
  if (outer.aborted) follow();
  let cancelIdle = idle();
  let stopped = false;
  return {
    signal: controller.signal,
    progress() {
      // A page of the body that was being read when the try ended still arrives.
      if (stopped) return;
      cancelIdle();
      cancelIdle = idle();
    },
    stop() {
      stopped = true;
      cancelIdle();
      cancelTotal();
      outer.removeEventListener('abort', follow);
    },
  };
}

function idleText({ idleMs }: TimeLimits): string {
  return `it took nothing and answered nothing for ${idleMs} ms. See the log of the receiver.`;
}

function totalText(ms: number, bytes: number): string {
  return `it did not take ${bytes} bytes and answer within ${ms} ms. See the log of the receiver.`;
}
