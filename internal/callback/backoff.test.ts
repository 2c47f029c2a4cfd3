import { describe, expect, it } from 'vitest';
import { DEFAULT_BACKOFF, nextDelayMs } from './backoff.ts';
import { deliveryResult } from './delivery-record.ts';
import { retryAfterMs } from './retry-after.ts';

const HOUR = 60 * 60 * 1000;
const NOW = Date.UTC(2026, 0, 1);
const MEAN = 0.5;

/** The waits between the tries, each of its mean length. */
function meanDelays(): number[] {
  const delays: number[] = [];
  for (let attempts = 1; ; attempts += 1) {
    const delay = nextDelayMs(DEFAULT_BACKOFF, attempts, MEAN);
    if (delay === undefined) return delays;
    delays.push(delay);
  }
}

describe('the schedule', () => {
  it('doubles from 1 s up to an hour', () => {
    expect(meanDelays().slice(0, 4)).toEqual([1000, 2000, 4000, 8000]);
    expect(meanDelays().slice(11, 14)).toEqual([2048 * 1000, HOUR, HOUR]);
  });

  it('is over after 84 tries and about 3 days', () => {
    const delays = meanDelays();
    const total = delays.reduce((sum, delay) => sum + delay, 0);
    expect(delays).toHaveLength(83);
    expect(total).toBeGreaterThanOrEqual(72 * HOUR);
    expect(total).toBeLessThan(73 * HOUR);
  });

  it('spreads each wait over half to one and a half of its mean', () => {
    expect(nextDelayMs(DEFAULT_BACKOFF, 3, 0)).toBe(2000);
    expect(nextDelayMs(DEFAULT_BACKOFF, 3, 0.999_999)).toBe(6000);
  });

  it('stays over, however many tries there were', () => {
    expect(nextDelayMs(DEFAULT_BACKOFF, 100_000, MEAN)).toBeUndefined();
  });
});

describe('Retry-After', () => {
  it.each([
    ['seconds', '120', 120_000],
    ['a date', 'Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['a date that is over', 'Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['more than an hour', '86400', HOUR],
    ['a date in a year', 'Fri, 01 Jan 2027 00:00:00 GMT', HOUR],
    ['the first of several', ['7', '9'], 7000],
    ['nothing', '', undefined],
    ['something else', 'soon', undefined],
    ['no header', undefined, undefined],
  ])('may be %s', (_, header, ms) => {
    expect(retryAfterMs(429, header, NOW)).toBe(ms);
    expect(retryAfterMs(503, header, NOW)).toBe(ms);
  });

  it('counts only with 429 and 503', () => {
    expect(retryAfterMs(500, '120', NOW)).toBeUndefined();
  });
});

describe('the record of a try', () => {
  const entry = { jobUid: 'j', url: 'http://h/', attempts: 0 };
  const context = { policy: DEFAULT_BACKOFF, now: NOW, tookMs: 1, random: MEAN };

  it('says when to try again', () => {
    const outcome = { kind: 'retry', error: 'h answered 500.', status: 500 } as const;
    const record = { ...outcome, at: NOW, tookMs: 1, nextAt: NOW + 1000 };
    expect(deliveryResult(entry, outcome, context)).toEqual(record);
  });

  it('waits for the longer of the schedule and what the receiver asks for', () => {
    const nextAt = (retryMs: number) =>
      deliveryResult(entry, { kind: 'retry', error: 'e', retryAfterMs: retryMs }, context);
    expect(nextAt(7000)).toMatchObject({ nextAt: NOW + 7000 });
    expect(nextAt(10)).toMatchObject({ nextAt: NOW + 1000 });
  });

  it('of the last try is that it was given up, and after how many', () => {
    const last = { ...entry, attempts: 83 };
    const outcome = { kind: 'retry', error: 'h answered 500.', status: 500 } as const;
    const error = 'h answered 500. Given up after 84 tries.';
    const record = { kind: 'dead', error, status: 500, at: NOW, tookMs: 1 };
    expect(deliveryResult(last, outcome, context)).toEqual(record);
  });

  it.each([
    { kind: 'delivered', status: 200 },
    { kind: 'retry', error: 'h answered 500.', status: 500 },
    { kind: 'dead', error: 'h answered 410 (Gone).', status: 410 },
  ] as const)('keeps how long it took, and the reply: %j', (outcome) => {
    const reply = Buffer.from('the words of the receiver');
    const record = deliveryResult(entry, { ...outcome, reply }, { ...context, tookMs: 42 });
    expect(record).toMatchObject({ ...outcome, at: NOW, tookMs: 42, reply });
  });
});
