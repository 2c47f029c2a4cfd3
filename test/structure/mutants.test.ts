import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MUTANTS } from '../sim/mutant-list.ts';

const root = new URL('../../', import.meta.url);
const edits = MUTANTS.flatMap(({ name, edits: of }) => of.map((edit) => ({ name, ...edit })));

test.each(edits)('the fault can be planted: $name, in $file', ({ file, find }) => {
  const text = readFileSync(new URL(file, root), 'utf8');
  expect(text.split(find).length - 1).toBe(1);
});
