import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../clock/fake-clock.ts';
import { ChurnGovernor } from './churn-governor.ts';

let clock: FakeClock;
let governor: ChurnGovernor;

beforeEach(() => {
  clock = new FakeClock();
  governor = new ChurnGovernor(clock, { most: 16, slowMs: 1000, lowerEveryMs: 500 });
});

function quick(times: number): void {
  for (let i = 0; i < times; i++) governor.answered(10);
}

describe('ChurnGovernor', () => {
  it('allows more as long as the engine answers quickly, up to the most', () => {
    expect(governor.limit).toBe(8);
    quick(9);
    expect(governor.limit).toBe(9);
    quick(1000);
    expect(governor.limit).toBe(16);
  });

  it('halves when the engine fails, and comes back one by one', () => {
    governor.failed();
    expect(governor.limit).toBe(4);
    quick(5);
    expect(governor.limit).toBe(5);
  });

  it('takes the failures of one moment for one', () => {
    for (let i = 0; i < 10; i++) governor.failed();
    expect(governor.limit).toBe(4);
    clock.advance(500);
    governor.failed();
    expect(governor.limit).toBe(2);
  });

  it('allows less when answers come late', () => {
    governor.answered(1000);
    expect(governor.limit).toBe(5);
  });

  it('always allows one', () => {
    for (let i = 0; i < 20; i++) {
      governor.failed();
      clock.advance(500);
    }
    expect(governor.limit).toBe(1);
    quick(1);
    expect(governor.limit).toBe(2);
  });
});
