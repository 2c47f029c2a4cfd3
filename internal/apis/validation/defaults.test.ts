import { describe, expect, it } from 'vitest';
import { withJobDefaults, withTaskDefaults } from './defaults.ts';

describe('defaults', () => {
  it('leave what is given as it is, however often they are applied', () => {
    const given = { image: 'alpine', backoffLimit: 3 };
    const once = withJobDefaults(given, { outputLimitBytes: 5 });
    expect(once).toEqual({ image: 'alpine', backoffLimit: 3, lossLimit: 10, outputLimitBytes: 5 });
    expect(withJobDefaults(once, { outputLimitBytes: 6 })).toEqual(once);
  });

  it('give a task no arguments', () => {
    const once = withTaskDefaults({ name: 'a' });
    expect(once).toEqual({ name: 'a', args: [] });
    expect(withTaskDefaults(once)).toEqual(once);
  });
});
