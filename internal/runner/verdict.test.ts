import { describe, expect, it } from 'vitest';
import { retryAfterMs, verdictOf } from './verdict.ts';

describe('verdictOf', () => {
  it.each([
    ['delivered', [200, 201, 202, 204]],
    ['retry', [408, 425, 429, 500, 502, 503, 504, 599]],
    ['refused', [301, 307, 400, 401, 403, 404, 409, 410, 413, 415]],
  ])('%s', (verdict, statuses) => {
    for (const status of statuses) {
      expect(verdictOf({ status, retryAfter: undefined })).toBe(verdict);
    }
  });
});

describe('retryAfterMs', () => {
  const now = Date.parse('Thu, 01 Jan 2026 00:00:00 GMT');
  it.each([
    ['seconds', '7', 7000],
    ['a date', 'Thu, 01 Jan 2026 00:00:09 GMT', 9000],
    ['a date in the past', 'Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['a huge number', '99999999999', 30_000],
    ['nonsense', 'soon', 0],
    ['a negative number', '-5', 0],
    ['nothing', undefined, 0],
  ])('of %s', (_, header, expected) => {
    expect(retryAfterMs(header, now, 30_000)).toBe(expected);
  });
});
