import { describe, expect, it } from 'vitest';
import { UsageError } from '../errors.ts';
import { parseKeyValues } from './key-values.ts';

describe('KEY=VALUE arguments', () => {
  it('keep what follows the first =', () => {
    expect(parseKeyValues(['A=1', 'B=x=y', 'C='], '--env')).toEqual({ A: '1', B: 'x=y', C: '' });
  });

  it('can name members that objects have from the beginning', () => {
    expect(Object.entries(parseKeyValues(['__proto__=1'], '--env'))).toEqual([['__proto__', '1']]);
  });

  it.each([['A'], ['=1'], ['']])('are refused without a key and a value: %j', (text) => {
    expect(() => parseKeyValues([text], '--env')).toThrow(UsageError);
  });

  it('are refused when a key comes twice', () => {
    expect(() => parseKeyValues(['A=1', 'A=2'], '--env')).toThrow('--env names "A" twice');
  });
});
