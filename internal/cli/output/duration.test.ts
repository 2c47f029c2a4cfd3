import { expect, it } from 'vitest';
import { ageText, betweenText, durationText, untilText } from './duration.ts';

it.each([
  [-5, '0s'],
  [5_000, '5s'],
  [119_999, '119s'],
  [120_000, '2m'],
  [187_000, '3m7s'],
  [660_000, '11m'],
  [3 * 3_600_000, '3h'],
  [3 * 3_600_000 + 120_000, '3h2m'],
  [20 * 3_600_000, '20h'],
  [4 * 86_400_000, '4d'],
  [4 * 86_400_000 + 3 * 3_600_000, '4d3h'],
  [30 * 86_400_000, '30d'],
  [800 * 86_400_000, '2y70d'],
  [4000 * 86_400_000, '10y'],
])('%d ms is shown as %s, as kubectl does', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

it('shows how long ago, how far ahead and how long', () => {
  const now = Date.parse('2026-01-01T00:01:00Z');
  expect(ageText('2026-01-01T00:00:00Z', now)).toBe('60s');
  expect(ageText(undefined, now)).toBe('<none>');
  expect(ageText('nonsense', now)).toBe('<none>');
  expect(untilText('2026-01-01T00:01:30Z', now)).toBe('30s');
  expect(betweenText('2026-01-01T00:00:00Z', undefined, now)).toBe('60s');
  expect(betweenText('2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z', now)).toBe('1s');
  expect(betweenText(undefined, undefined, now)).toBe('');
});
