import { expect, test } from 'vitest';
import { openStores } from '../../internal/store/index.ts';
import { useStore } from './harness.ts';

const store = useStore();

test('the digest of what was applied is kept for each object, the last one', async () => {
  const { redis, clock, prefix } = store();
  const { applied } = openStores(redis, clock, prefix);
  expect(await applied.appliedDigest('Job/default/a')).toBeUndefined();
  await applied.rememberApplied('Job/default/a', 'one');
  await applied.rememberApplied('Job/default/a', 'two');
  await applied.rememberApplied('CronJob/default/a', 'three');
  const again = openStores(redis, clock, prefix).applied;
  expect(await again.appliedDigest('Job/default/a')).toBe('two');
  expect(await again.appliedDigest('CronJob/default/a')).toBe('three');
  expect(await again.appliedFrom('Job/default/a')).toBeUndefined();
  await again.rememberApplied('Job/default/a', 'four', 'a file');
  expect(await applied.appliedDigest('Job/default/a')).toBe('four');
  expect(await applied.appliedFrom('Job/default/a')).toBe('a file');
  const other = openStores(redis, clock, `${prefix}other:`).applied;
  expect(await other.appliedDigest('Job/default/a')).toBeUndefined();
});
