import { describe, expect, it } from 'vitest';
import { printable } from './printable.ts';

describe('printable', () => {
  it.each([
    ['a\nb\r\tc', 'a\\nb\\r\\tc'],
    ['\u0000\u001b[2J\u007f\u009b', '\\u0000\\u001b[2J\\u007f\\u009b'],
    ['\u202e\u2066\u200b\ufeff\u2028', '\\u202e\\u2066\\u200b\\ufeff\\u2028'],
    ['\ud800', '\\ud800'],
    ['\u{e0041}', '\\u{e0041}'],
    ['é 日本 😀 "\\', 'é 日本 😀 "\\'],
  ])('makes %j safe', (text, safe) => {
    expect(printable(text)).toBe(safe);
  });
});
