import { expect, it } from 'vitest';
import { FakeClock } from './fake-clock.ts';
import { steadyClock } from './steady-clock.ts';

it.each([3_600_000, -3_600_000])('does not follow a jump of the wall clock by %i ms', (jump) => {
  const wall = new FakeClock();
  const steady = steadyClock(wall);
  const begun = wall.now();
  wall.advance(1000);
  wall.jumpWall(jump);
  wall.advance(500);
  expect(steady.now()).toBe(begun + 1500);
  expect(wall.now()).toBe(begun + 1500 + jump);
});
