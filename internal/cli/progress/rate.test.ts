import { describe, expect, it } from 'vitest';
import { Rate } from './rate.ts';

describe('the rate of a job', () => {
  it('is unknown until something was done and a second has passed', () => {
    const rate = new Rate();
    expect(rate.perSecond(0)).toBeUndefined();
    rate.record(0, 5);
    expect(rate.perSecond(5000)).toBeUndefined();
    expect(rate.remaining(5000, 10)).toBeUndefined();
    rate.record(5100, 6);
    expect(rate.perSecond(5100)).toBeCloseTo(1 / 5.1);
    expect(new Rate().remaining(0, 0)).toBe(0);
  });

  it('counts what was done since it was first looked at, not what was there before', () => {
    const rate = new Rate();
    rate.record(0, 500);
    rate.record(10_000, 520);
    expect(rate.perSecond(10_000)).toBe(2);
    expect(rate.remaining(10_000, 620)).toBe(50_000);
  });

  it('falls while nothing happens', () => {
    const rate = new Rate();
    rate.record(0, 0);
    rate.record(10_000, 20);
    expect(rate.perSecond(40_000)).toBe(0.5);
  });

  it('follows the last minute', () => {
    const rate = new Rate();
    rate.record(0, 0);
    rate.record(10_000, 1000);
    for (let second = 11; second <= 120; second++) rate.record(second * 1000, 1000 + second);
    expect(rate.perSecond(120_000)).toBeCloseTo(1);
  });

  it('starts anew when a retry takes back what was done', () => {
    const rate = new Rate();
    rate.record(0, 0);
    rate.record(10_000, 100);
    rate.record(20_000, 90);
    expect(rate.perSecond(20_000)).toBeUndefined();
    rate.record(30_000, 95);
    expect(rate.perSecond(30_000)).toBe(0.5);
    expect(rate.remaining(30_000, 100)).toBe(10_000);
  });

  it('has nothing left when the total is reached', () => {
    const rate = new Rate();
    rate.record(0, 10);
    expect(rate.remaining(0, 10)).toBe(0);
  });
});
