import { expect, test } from 'vitest';
import { negotiatedVersion } from './api-version.ts';

test.each([
  ['1.41', 'v1.41'],
  ['1.45', 'v1.45'],
  ['1.51', 'v1.51'],
  ['1.60', 'v1.51'],
  [undefined, undefined],
  ['latest', undefined],
])('of an engine that offers %s, %s is spoken', (offered, spoken) => {
  expect(negotiatedVersion(offered)).toBe(spoken);
});

test('an engine that is too old is refused, with what to do', () => {
  expect(() => negotiatedVersion('1.40')).toThrow(/version 1\.40 .* update it to Engine 20\.10/);
});
