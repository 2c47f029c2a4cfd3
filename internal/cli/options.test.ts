import { expect, it } from 'vitest';
import { Options } from './options.ts';

it.each([
  ['30s', 30_000],
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['250ms', 250],
  ['10', 10_000],
  ['0', 0],
])('a time %s is %d ms', (text, ms) => {
  expect(new Options({ timeout: text }).duration('timeout')).toBe(ms);
});

it.each(['', 'soon', '5 m', '-5s', '5x', 's'])('%j is no time', (text) => {
  expect(() => new Options({ timeout: text }).duration('timeout')).toThrow(
    '--timeout must be a time',
  );
});

it('reads numbers, and refuses what is none', () => {
  expect(new Options({ limit: '12' }).whole('limit')).toBe(12);
  expect(new Options({}).whole('limit')).toBeUndefined();
  for (const limit of ['', '-1', '1.5', 'x']) {
    expect(() => new Options({ limit }).whole('limit')).toThrow('--limit must be a number');
  }
});
