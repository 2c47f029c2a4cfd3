import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Levels } from './levels.ts';

const moves = fc.array(
  fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), level: fc.option(fc.nat(4)) }),
);

describe('Levels', () => {
  it('gives the first that came to the lowest level, as a plain list would', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const levels = new Levels<string>();
        let list: { key: string; level: number }[] = [];
        for (const { key, level } of all) {
          if (level === null) levels.remove(key);
          else levels.put(key, level);
          const kept = list.find((entry) => entry.key === key)?.level === level;
          if (!kept) {
            list = list.filter((entry) => entry.key !== key);
            if (level !== null) list.push({ key, level });
          }
          const lowest = Math.min(...list.map((entry) => entry.level));
          expect(levels.first()).toBe(list.find((entry) => entry.level === lowest)?.key);
          expect(levels.size).toBe(list.length);
        }
      }),
    );
  });

  it('takes levels between others, and forgets those at which nothing is left', () => {
    const levels = new Levels<string>();
    levels.put('half', 0.5);
    levels.put('none', 0);
    levels.put('whole', 1);
    levels.remove('none');
    expect(levels.first()).toBe('half');
    levels.put('half', 2);
    expect(levels.first()).toBe('whole');
  });
});
