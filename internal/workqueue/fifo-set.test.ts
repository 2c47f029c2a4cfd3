import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FifoSet } from './fifo-set.ts';

const keys = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const moves = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant('add' as const), key: keys }),
    fc.record({ type: fc.constant('delete' as const), key: keys }),
    fc.record({ type: fc.constant('first' as const) }),
    fc.record({ type: fc.constant('shift' as const) }),
    fc.record({ type: fc.constant('clear' as const) }),
  ),
  { maxLength: 60 },
);

describe('FifoSet', () => {
  it('gives the first, as a plain list would', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const set = new FifoSet<string>();
        let list: string[] = [];
        for (const move of all) {
          if (move.type === 'add') {
            set.add(move.key);
            if (!list.includes(move.key)) list.push(move.key);
          } else if (move.type === 'delete') {
            expect(set.delete(move.key)).toBe(list.includes(move.key));
            list = list.filter((key) => key !== move.key);
          } else if (move.type === 'first') expect(set.first()).toBe(list[0]);
          else if (move.type === 'shift') expect(set.shift()).toBe(list.shift());
          else {
            set.clear();
            list = [];
          }
          expect(set.size).toBe(list.length);
        }
        expect(Array.from({ length: list.length }, () => set.shift())).toEqual(list);
      }),
      { numRuns: 1000 },
    );
  });
});
