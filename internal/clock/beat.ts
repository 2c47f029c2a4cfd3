import type { Clock } from './clock.ts';

/** A timer may fire this much before its time, in ms, as it counts from when its turn of the loop began. */
const EARLY_MS = 20;

/**
 * Pauses a loop that looks at something every `everyMs`: until the next multiple of that on the monotonic
 * clock. Loops whose intervals divide each other so wake together, and what they ask of Redis goes out in
 * one write: an idle process wakes once a second, not once for each of its loops.
 *
 * @returns after at most `everyMs` and 20 ms, or as soon as `signal` aborts; never rejects.
 */
export function untilBeat(clock: Clock, everyMs: number, signal?: AbortSignal): Promise<void> {
  return clock.sleep(msToBeat(clock, everyMs), signal);
}

/** @returns how long `untilBeat` would wait, in whole ms: for loops that something else can wake too. */
export function msToBeat(clock: Clock, everyMs: number): number {
  const left = everyMs - (clock.monotonic() % everyMs);
  return Math.ceil(left < EARLY_MS ? left + everyMs : left);
}
