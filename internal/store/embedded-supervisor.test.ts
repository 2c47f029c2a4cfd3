import { expect, it } from 'vitest';
import { nextDelay } from './embedded-supervisor.ts';

it('starts a Redis that lived for long again at once', () => {
  expect(nextDelay(5000, 60_000)).toBe(0);
});

it('waits twice as long after each short life, 5 s at most', () => {
  const delays = [0];
  while (delays.length < 9) delays.push(nextDelay(delays.at(-1) ?? 0, 0));
  expect(delays).toEqual([0, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
});
