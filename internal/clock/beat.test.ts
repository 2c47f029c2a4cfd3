import { expect, it } from 'vitest';
import { untilBeat } from './beat.ts';
import { FakeClock } from './fake-clock.ts';

const never = new AbortController().signal;

/** Monotonic ms at which a pause that begins at `from` ends. */
async function endOf(from: number, everyMs: number): Promise<number> {
  const clock = new FakeClock();
  clock.advance(from);
  let endedAt = -1;
  const pause = untilBeat(clock, everyMs, never).then(() => {
    endedAt = clock.monotonic();
  });
  while (endedAt < 0) {
    clock.advance(1);
    await Promise.resolve();
    await Promise.resolve();
  }
  await pause;
  return endedAt;
}

it.each([
  ['from the beat itself to the next', 2000, 1000, 3000],
  ['from soon after a beat to the next', 2005, 1000, 3000],
  ['to a beat that is a while away', 2900, 1000, 3000],
  ['from a timer that fired a little early not to the same beat again', 2999, 1000, 4000],
  ['to the multiple of its own interval', 2005, 5000, 5000],
])('pauses %s', async (_, from, everyMs, end) => {
  const ended = await endOf(from, everyMs);
  // The fake moves by 1 ms, and the pause ends in a later microtask of the same step.
  expect(ended).toBeGreaterThanOrEqual(end);
  expect(ended).toBeLessThanOrEqual(end + 2);
});

it('wakes loops together that began at different times', async () => {
  const ends = await Promise.all([5003, 5400, 5900].map((from) => endOf(from, 1000)));
  expect(Math.max(...ends) - Math.min(...ends)).toBeLessThanOrEqual(2);
});

it('ends at once when it is aborted', async () => {
  await expect(untilBeat(new FakeClock(), 1000, AbortSignal.abort())).resolves.toBeUndefined();
});
