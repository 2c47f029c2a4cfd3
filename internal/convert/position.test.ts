import { describe, expect, it } from 'vitest';
import { Notes } from './notes.ts';

describe('notes', () => {
  it('are in the order of the document, what is missing last within what holds it', () => {
    const notes = new Notes();
    const document = { b: { y: 1, x: [0, 1] }, a: {} };
    const paths = [['a'], ['b', 'missing'], ['b', 'x', 1], ['b', 'x'], ['b'], ['b', 'y'], []];
    for (const path of paths) notes.dropped(path, 'x');
    notes.changed(['b', 'y'], 'second of its place');
    expect(notes.inOrderOf(document).map(({ path }) => path)).toEqual([
      'body',
      'b',
      'b.y',
      'b.y',
      'b.x',
      'b.x[1]',
      'b.missing',
      'a',
    ]);
    expect(notes.hasErrors).toBe(false);
  });
});
