import { describe, expect, it } from 'vitest';
import { memoryBytes, nanoCpus } from '../apis/index.ts';
import { cpusText, memoryText, readQuantity, wholeBytes } from './quantity.ts';

const nanosOf = (text: string) => {
  const nanos = readQuantity(text);
  if (nanos === undefined) throw new Error(`${text} is no quantity`);
  return nanos;
};

describe('a quantity of processors', () => {
  it.each([
    ['250m', '0.25'],
    ['1', '1'],
    ['1500m', '1.5'],
    ['0.1', '0.1'],
    ['.5', '0.5'],
    ['2.', '2'],
    ['+2', '2'],
    ['1e1', '10'],
    ['25E-1', '2.5'],
    ['1k', '1000'],
    ['100u', '0.001'],
    ['1n', '0.001'],
    ['1001u', '0.002'],
  ])('%s is %s', (quantity, text) => {
    expect(cpusText(nanosOf(quantity))).toBe(text);
    expect(nanoCpus(text)).toBe(Math.round(Number(text) * 1e9));
  });
});

describe('a quantity of memory', () => {
  it.each<[string, string | number, number]>([
    ['1Gi', '1g', 2 ** 30],
    ['1.5Gi', '1536m', 1.5 * 2 ** 30],
    ['512Mi', '512m', 2 ** 29],
    ['8193Ki', '8193k', 8193 * 1024],
    ['1Ti', '1024g', 2 ** 40],
    ['1Pi', '1048576g', 2 ** 50],
    ['100M', 100_000_000, 1e8],
    ['1G', 1_000_000_000, 1e9],
    ['129e6', 129_000_000, 129e6],
    ['128974848', '123m', 128_974_848],
    ['123456789', 123_456_789, 123_456_789],
    ['128974848000m', '123m', 128_974_848],
    ['4194304.5', 4_194_305, 4_194_305],
  ])('%s is %s', (quantity, text, bytes) => {
    const ours = memoryText(wholeBytes(nanosOf(quantity)));
    expect(ours).toBe(text);
    expect(memoryBytes(ours)).toBe(bytes);
  });
});

describe('what is no quantity', () => {
  it.each([
    '',
    '.',
    '-1',
    'Mi',
    '1 Gi',
    '1gi',
    '1KB',
    '1K',
    '1e',
    '1e1000',
    '0x10',
    'one',
    '1e3Mi',
  ])('is not read: %j', (text) => expect(readQuantity(text)).toBeUndefined());
});
