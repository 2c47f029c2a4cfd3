import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../clock/fake-clock.ts';
import { DEFAULT_TIME_LIMITS, type Deadline, startDeadline } from './deadline.ts';

const { idleMs, totalMs, minBytesPerSecond } = DEFAULT_TIME_LIMITS;
let clock: FakeClock;
let outer: AbortController;

beforeEach(() => {
  clock = new FakeClock();
  outer = new AbortController();
});

function start(bytes = 0): Deadline {
  return startDeadline(clock, DEFAULT_TIME_LIMITS, bytes, outer.signal);
}

/** Lets `ms` pass with something moving every second. */
function passBusily(deadline: Deadline, ms: number): void {
  for (let passed = 0; passed < ms; passed += 1000) {
    clock.advance(1000);
    deadline.progress();
  }
}

describe('the time limit of a try', () => {
  it('ends it when nothing moves', () => {
    const { signal } = start();
    clock.advance(idleMs - 1);
    expect(signal.aborted).toBe(false);
    clock.advance(1);
    expect(String(signal.reason)).toContain('answered nothing for 30000 ms');
  });

  it('ends it in all, however busy it is', () => {
    const deadline = start();
    passBusily(deadline, totalMs - 1000);
    expect(deadline.signal.aborted).toBe(false);
    clock.advance(1000);
    expect(String(deadline.signal.reason)).toContain('within 60000 ms');
  });

  it('is longer for a large body', () => {
    const deadline = start(100 * minBytesPerSecond);
    passBusily(deadline, totalMs + 99_000);
    expect(deadline.signal.aborted).toBe(false);
    clock.advance(1000);
    expect(deadline.signal.aborted).toBe(true);
  });

  it('follows the signal of the caller, also one that aborted before', () => {
    const early = start();
    outer.abort('stop');
    expect(early.signal.reason).toBe('stop');
    expect(start().signal.reason).toBe('stop');
  });

  it('is over once stopped, also when a last piece of the body still moves', () => {
    const deadline = start();
    deadline.stop();
    deadline.progress();
    clock.advance(10 * totalMs);
    outer.abort('stop');
    expect(deadline.signal.aborted).toBe(false);
  });
});
