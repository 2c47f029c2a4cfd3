import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXPECTED } from './testing/expected.ts';
import { faultLines } from './testing/fault-lines.ts';

const FOLDER = new URL('./testing/broken/', import.meta.url);

function linesOf(file: string): string[] {
  return faultLines(readFileSync(new URL(file, FOLDER), 'utf8'), file);
}

describe('a manifest with a mistake', () => {
  it.each(EXPECTED)('is refused with its place and what to do: %s', (file, expected) => {
    const [first = 'no fault'] = linesOf(file);
    expect(first.slice(0, `${file}:${expected}`.length)).toBe(`${file}:${expected}`);
  });

  it.each(EXPECTED)('leads to lines that are safe for a terminal: %s', (file) => {
    for (const line of linesOf(file))
      expect(line).toMatch(/^[\w.-]+:\d+:\d+: [^\p{C}\p{Zl}\p{Zp}]+$/u);
  });

  it('has its expected message, whichever file it is in', () => {
    expect(EXPECTED.map(([file]) => file).sort()).toEqual(readdirSync(FOLDER).sort());
  });

  it('is one mistake, and is reported once', () => {
    // An anchor is checked wherever it is used.
    const more = EXPECTED.filter(([file]) => linesOf(file).length !== 1).map(([file]) => file);
    expect(more).toEqual(['in-an-anchor.yaml']);
  });
});
