import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  /** What is waited for; ends the sentence "waited 5000 ms for …". */
  what: string;
  timeoutMs?: number;
  intervalMs?: number;
  /** Called once when the time is up; its text joins the error, such as a log's last lines. */
  detail?: () => string;
}

/**
 * Awaits a condition: calls `probe` until it gives something other than `undefined` or `false`,
 * and returns that. A probe that throws counts as "not yet"; its last error is the cause of the
 * final one. To give up early, throw a {@link GiveUp}.
 *
 * @throws Error when the time is up (default 10 s, looking every 25 ms).
 */
export async function waitFor<T>(
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  { what, timeoutMs = 10_000, intervalMs = 25, detail }: WaitOptions,
): Promise<T> {
  const start = performance.now();
  let cause: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
      cause = undefined;
    } catch (error) {
      if (error instanceof GiveUp) throw error;
      cause = error;
    }
    if (performance.now() - start >= timeoutMs) break;
    await delay(intervalMs);
  }
  const parts = [`waited ${timeoutMs} ms for ${what}`];
  if (cause instanceof Error) parts.push(`last error: ${cause.message}`);
  if (detail) parts.push(detail());
  throw new Error(parts.join('\n'), { cause });
}

/** Thrown by a probe of {@link waitFor} to say that waiting on is useless. */
export class GiveUp extends Error {
  override name = 'GiveUp';
}

/**
 * As `Promise.all`, but rejects only after all have settled: what is cleaned up after a failure
 * must not be joined by something that was still starting.
 */
export async function allSettled<T extends readonly unknown[]>(
  work: readonly [...T],
): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
