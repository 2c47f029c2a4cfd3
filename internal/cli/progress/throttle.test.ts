import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../clock/fake-clock.ts';
import { Throttle } from './throttle.ts';

describe('a throttle', () => {
  function throttle() {
    const clock = new FakeClock();
    const calls: number[] = [];
    return { clock, calls, asks: new Throttle(clock, 1000, () => calls.push(clock.monotonic())) };
  }

  it('grants the first wish at once and the last one later', () => {
    const { clock, calls, asks } = throttle();
    asks.ask();
    clock.advance(300);
    asks.ask();
    asks.ask();
    clock.advance(5000);
    asks.ask();
    expect(calls).toEqual([0, 1000, 5300]);
  });

  it('can be hurried, and forgets what it has done by that', () => {
    const { clock, calls, asks } = throttle();
    asks.ask();
    asks.ask();
    clock.advance(10);
    asks.flush();
    clock.advance(5000);
    expect(calls).toEqual([0, 10]);
  });

  it('can be stopped', () => {
    const { clock, calls, asks } = throttle();
    asks.ask();
    asks.ask();
    asks.stop();
    clock.advance(5000);
    expect(calls).toEqual([0]);
  });
});
