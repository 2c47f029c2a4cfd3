import { afterAll, beforeAll, describe } from 'vitest';
import { commandLines } from './swarmerctl.ts';

/**
 * The tests of a verb, such as `config view`. Fails when none of them has run it: every verb of the
 * table must stand here, see `every-verb.test.ts`.
 */
export function verb(name: string, tests: () => void): void {
  const words = name.split(' ');
  const isOf = (line: readonly string[]) => words.every((word, at) => line[at] === word);
  describe(`swarmerctl ${name}`, () => {
    let before = 0;
    beforeAll(() => {
      before = commandLines.length;
    });
    tests();
    afterAll(() => {
      if (!commandLines.slice(before).some(isOf)) throw new Error(`no test has run "${name}"`);
    });
  });
}
