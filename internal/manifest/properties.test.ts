import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type Path, pathText } from '../apis/validation/path.ts';
import { isForbiddenName } from '../apis/validation/unknown-field.ts';
import { readManifests } from './read.ts';
import { faultLines } from './testing/fault-lines.ts';
import { GOOD } from './testing/good.ts';

/** Text made of what YAML gives a meaning. */
const yamlish = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...'[]{},:?-#&*!|>\'"%@`\n\r\t ~<',
        ': ',
        '- ',
        '\n  ',
        '---\n',
        '...\n',
        '<<: ',
      ),
      fc.constantFrom(
        'a',
        '&a ',
        '*a',
        '!!str ',
        '!!x ',
        '%YAML 1.1\n',
        '.nan',
        '1e999',
        'kind: List',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

const isName = (name: string) => !isForbiddenName(name) && name !== 'body';
const { value: plain } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.oneof(fc.string({ unit: 'binary' }), fc.boolean(), fc.constant(null), fc.maxSafeInteger()),
    fc.double({ noNaN: true, min: -1e15, max: 1e15 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 40 }).filter(isName), tie('value'), { maxKeys: 4 }),
  ),
}));

/** Faults, each with a place in the text and on one line. */
function expectOnlyFaults(text: string): void {
  const lines = text.split('\n');
  for (const line of faultLines(text, 'a.yaml')) {
    const [, at, column] = /^a\.yaml:(\d+):(\d+): [^\p{C}\p{Zl}\p{Zp}]+$/u.exec(line) ?? [];
    const there = lines[Number(at) - 1];
    expect(there, line).toBeDefined();
    expect(Number(column), line).toBeLessThanOrEqual((there ?? '').length + 1);
  }
}

function* leavesOf(value: unknown, path: Path = []): Generator<[Path, unknown]> {
  if (typeof value !== 'object' || value === null) yield [path, value];
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* leavesOf(item, [...path, index]);
  } else for (const [name, item] of Object.entries(value)) yield* leavesOf(item, [...path, name]);
}

describe('any text', () => {
  it('leads to documents and faults, never to an exception', () => {
    fc.assert(fc.property(yamlish, expectOnlyFaults), { numRuns: 1000 });
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), expectOnlyFaults));
  });

  it('that is a good manifest cut short leads to faults only', () => {
    for (let length = 0; length <= GOOD.length; length += 1)
      expectOnlyFaults(GOOD.slice(0, length));
  });

  it('that is a good manifest with a few characters changed leads to faults only', () => {
    const changed = fc
      .tuple(fc.nat(GOOD.length), fc.nat(4), yamlish)
      .map(([at, gone, text]) => GOOD.slice(0, at) + text.slice(0, 4) + GOOD.slice(at + gone));
    fc.assert(fc.property(changed, expectOnlyFaults), { numRuns: 500 });
  });
});

describe('any value', () => {
  it('is read back from JSON and from YAML', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const json = JSON.stringify([value], null, 1);
        const values = (text: string) =>
          readManifests(text, 'a').documents.map((each) => each.value);
        expect(values(json)).toEqual([JSON.parse(json)]);
        // A plain << would merge; the package writes it as plain as any other key.
        const yaml = stringify(JSON.parse(json), { defaultKeyType: 'QUOTE_DOUBLE' });
        expect(values(yaml)).toEqual([JSON.parse(json)]);
      }),
      { numRuns: 300 },
    );
  });

  it('has every part of it where it stands', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const text = JSON.stringify(value, null, 2);
        const lines = text.split('\n');
        const [document] = readManifests(text, 'a.json').documents;
        for (const [path, leaf] of leavesOf(JSON.parse(text))) {
          const { line, column } = document?.locate(pathText(path)) ?? { line: 0, column: 0 };
          expect(lines[line - 1]?.slice(column - 1)).toSatisfy((rest: string) =>
            rest.startsWith(JSON.stringify(leaf)),
          );
        }
      }),
      { numRuns: 300 },
    );
  });
});
