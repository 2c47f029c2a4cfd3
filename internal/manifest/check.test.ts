import { describe, expect, it } from 'vitest';
import { checkManifest } from './check.ts';
import type { ManifestDocument } from './document.ts';
import { formatFault } from './fault.ts';
import { readManifests } from './read.ts';

function documentOf(text: string): ManifestDocument {
  const [document] = readManifests(text, 'a.yaml').documents;
  if (document === undefined) throw new Error('the text has no document');
  return document;
}

describe('checkManifest', () => {
  it('gives the value of the parser', () => {
    const checked = checkManifest(documentOf('a: 1'), (value) => ({ ok: true, value: [value] }));
    expect(checked).toEqual({ ok: true, value: [{ a: 1 }] });
  });

  it('gives problems their places, in the order of the file, and how many more there are', () => {
    const problems = [
      { path: 'b', message: 'must be less' },
      { path: 'a', message: 'unknown field "a"' },
      { path: 'body', message: 'must be\nmore' },
    ];
    const checked = checkManifest(documentOf('\na: 1\nb: 2'), () => ({
      ok: false,
      problems,
      more: 7,
    }));
    if (checked.ok) throw new Error('it was not refused');
    expect(checked.faults.map(formatFault)).toEqual([
      'a.yaml:2:1: a: unknown field "a"',
      'a.yaml:2:1: must be\\nmore',
      'a.yaml:3:4: b: must be less',
    ]);
    expect(checked.more).toBe(7);
  });
});
