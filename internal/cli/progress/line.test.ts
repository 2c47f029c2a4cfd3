import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Progress, plainLine, progressLine } from './line.ts';
import { spanText } from './time-left.ts';

const counts = { total: 1000, active: 12, succeeded: 417, failed: 3, cancelled: 0 };
const running: Progress = {
  name: 'report',
  phase: 'Running',
  suspended: false,
  counts,
  rate: 8.42,
  remaining: 70_000,
};

describe('the line of a job', () => {
  it('has everything where there is room', () => {
    expect(progressLine(running, 100)).toBe(
      'report  [########............]  420/1000  3 failed  12 active  8.4/s  1m10s left',
    );
  });

  it.each([
    [60, 'report  420/1000  3 failed  12 active  8.4/s  1m10s left'],
    [52, 'report  420/1000  3 failed  12 active  1m10s left'],
    [40, 'report  420/1000  3 failed  1m10s left'],
    [30, 'report  420/1000  3 failed'],
    [20, 'report  420/1000'],
    [10, '420/1000'],
    [4, '420/'],
  ])('leaves out what matters least at %d columns', (width, line) => {
    expect(progressLine(running, width)).toBe(line);
  });

  it('cuts a long name rather than the count', () => {
    const long = { ...running, name: 'a-name-that-is-very-long-indeed' };
    expect(progressLine(long, 24)).toBe('a-name-that-i~  420/1000');
  });

  it('is never wider than the terminal', () => {
    const width = fc.integer({ min: 1, max: 150 });
    const name = fc.stringMatching(/^[a-z]{1,63}$/);
    fc.assert(
      fc.property(width, name, (columns, given) => {
        expect(progressLine({ ...running, name: given }, columns).length).toBeLessThanOrEqual(
          columns,
        );
      }),
    );
  });

  it('says the phase instead of a rate once it has ended', () => {
    const ended = { ...running, phase: 'Failed', counts: { ...counts, active: 0, cancelled: 580 } };
    expect(plainLine(ended)).toBe('report  1000/1000  3 failed  580 cancelled  Failed');
  });

  it('says that it is suspended rather than how long it takes', () => {
    expect(plainLine({ ...running, suspended: true, rate: undefined })).toBe(
      'report  420/1000  3 failed  12 active  suspended',
    );
  });

  it('gives slow rates by the minute or the hour', () => {
    expect(plainLine({ ...running, rate: 0.05 })).toContain('  3.0/min  ');
    expect(plainLine({ ...running, rate: 0.001 })).toContain('  3.6/h  ');
  });
});

describe('a span', () => {
  it.each([
    [0, '0s'],
    [1, '1s'],
    [42_000, '42s'],
    [60_000, '1m00s'],
    [3_900_000, '1h05m'],
    [90_000_000, '1d01h'],
  ])('of %d ms is %s', (ms, text) => {
    expect(spanText(ms)).toBe(text);
  });
});
