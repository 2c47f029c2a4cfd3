import { expect, it } from 'vitest';
import { overlap } from './subnets.ts';

it.each([
  ['10.249.0.0/20', '10.249.15.0/24', true],
  ['10.249.0.0/20', '10.249.16.0/24', false],
  ['10.0.0.0/8', '10.249.0.0/20', true],
  ['0.0.0.0/0', '255.255.255.255/32', true],
  ['10.249.3.7/20', '10.249.0.0/32', true],
  ['fd00::/8', '10.0.0.0/8', false],
  ['10.0.0.0', '10.0.0.0/8', false],
])('%s and %s: %s', (a, b, expected) => {
  expect(overlap(a, b)).toBe(expected);
  expect(overlap(b, a)).toBe(expected);
});
