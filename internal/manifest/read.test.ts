import { describe, expect, it } from 'vitest';
import { formatFault } from './fault.ts';
import { readManifests } from './read.ts';
import { faultLines } from './testing/fault-lines.ts';
import { GOOD } from './testing/good.ts';

function valuesOf(text: string): unknown[] {
  const { documents, faults } = readManifests(text, 'a.yaml');
  expect(faults.map(formatFault)).toEqual([]);
  return documents.map(({ value }) => value);
}

function linesOf(text: string): string[] {
  return readManifests(text, 'a.yaml').faults.map(formatFault);
}

describe('readManifests', () => {
  it('reads every document of a good file', () => {
    expect(faultLines(GOOD, 'good.yaml')).toEqual([]);
    expect(valuesOf(GOOD)).toMatchObject([
      {
        metadata: { annotations: { note: 'two\nlines\n', folded: 'one line' } },
        spec: {
          tasks: [
            { args: ['echo', 'hi\té'] },
            { env: { NAME: 'other', SCHEDULE: '*/5 * * * *' }, timeoutSeconds: 5 },
          ],
        },
      },
      { kind: 'CronJob', spec: { jobTemplate: { spec: { suspend: false } } } },
    ]);
  });

  it('reads JSON, indented with tabs too', () => {
    expect(valuesOf('{\n\t"a": [\n\t\t1,\n\t\t{ "b": "\\ud83d\\ude00" }\n\t]\n}\n')).toEqual([
      { a: [1, { b: '😀' }] },
    ]);
  });

  it.each([
    ['nothing', ''],
    ['comments', '# a\n# b\n'],
    ['empty documents', '---\n# a\n---\n\n...\n---\n'],
  ])('leaves out %s', (_what, text) => {
    expect(valuesOf(text)).toEqual([]);
  });

  it('keeps the words and dates of YAML 1.1 as texts', () => {
    expect(valuesOf('[yes, no, on, off, y, 2024-01-01, 12:30:45, 1_000, ~, true]')).toEqual([
      ['yes', 'no', 'on', 'off', 'y', '2024-01-01', '12:30:45', '1_000', null, true],
    ]);
    expect(valuesOf('%YAML 1.1\n---\n[yes, 2024-01-01, !!str 5]')).toEqual([
      ['yes', '2024-01-01', '5'],
    ]);
  });

  it('begins columns after a byte order mark', () => {
    expect(linesOf('\uFEFFa: .nan')).toEqual([
      'a.yaml:1:4: a: ".nan" is no number that can be used; write ".nan" in quotes when it is a text',
    ]);
  });

  it('counts lines that end in CR LF', () => {
    expect(linesOf('a: 1\r\nb: 2\r\na: 3\r\n')).toEqual([
      'a.yaml:3:1: a: duplicate key: it is on line 1 already',
    ]);
  });

  it('reports every fault of a document, in order, and the good documents beside it', () => {
    const { documents, faults } = readManifests('a: .inf\n1: b\n---\nb: 1\n---\n\tc: 1', 'a.yaml');
    expect(documents.map(({ value }) => value)).toEqual([{ b: 1 }]);
    expect(faults.map(({ line, column }) => [line, column])).toEqual([
      [1, 4],
      [2, 1],
      [6, 1],
    ]);
  });

  it('shows 100 faults and counts the others', () => {
    const { faults, more } = readManifests('- .nan\n'.repeat(130), 'a.yaml');
    expect([faults.length, more, faults[99]?.line]).toEqual([100, 30, 100]);
  });

  it('reports what stands before any document', () => {
    expect(linesOf('%SECRET\n')).toEqual(['a.yaml:1:1: unknown directive %SECRET']);
  });

  it('escapes what a file and its name could do to a terminal', () => {
    const { faults } = readManifests('"\u001b[31m\u202e": .nan', 'a\u001b]0;x\u0007.yaml');
    expect(faults.map(formatFault)).toEqual([
      'a\\u001b]0;x\\u0007.yaml:1:11: ["\\u001b[31m\\u202e"]: ".nan" is no number that can be used; write ".nan" in quotes when it is a text',
    ]);
  });
});

describe('aliases', () => {
  it('share a value among any number of tasks', () => {
    const text = `a: &a { b: [1] }\nc:\n${'- *a\n'.repeat(5000)}`;
    const [value] = valuesOf(text) as [{ c: unknown[] }];
    expect(value.c).toHaveLength(5000);
    expect(value.c[4999]).toEqual({ b: [1] });
  });

  it('may anchor keys and be anchored again', () => {
    expect(valuesOf('&a k: &b 1\nl: *a\nm: &b 2\nn: *b\n')).toEqual([{ k: 1, l: 'k', m: 2, n: 2 }]);
  });

  it('are refused when they expand to more than 1 MiB', () => {
    const text = `a: &a "${'x'.repeat(600_000)}"\nb: *a\nc: *a\nd: *a\n`;
    expect(linesOf(text)).toEqual([
      expect.stringMatching(/^a\.yaml:3:4: c: the alias "\*a" expands to too much: /),
    ]);
  });

  it('are refused when they nest more deeply than 32', () => {
    const links = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]\n`);
    expect(linesOf(`a0: &a0 []\n${links.slice(0, 13).join('')}`)).toEqual([]);
    const deep = `a: &a ${'['.repeat(20)}${']'.repeat(20)}\nb: ${'['.repeat(12)}*a${']'.repeat(12)}`;
    expect(linesOf(deep)).toEqual([expect.stringMatching(/^a\.yaml:2:16: .*nested too deeply/)]);
  });
});

describe('merge keys', () => {
  it('take over what is not there, the earlier of a list first', () => {
    const text = 'a: &a { x: 1, y: 1 }\nb: &b { y: 2, z: 2 }\nc: { <<: [*a, *b], x: 3 }\n';
    expect(valuesOf(text)).toMatchObject([{ c: { x: 3, y: 1, z: 2 } }]);
  });

  it('are plain keys in quotes', () => {
    expect(valuesOf('a: { "<<": 1 }')).toEqual([{ a: { '<<': 1 } }]);
  });

  it('cannot smuggle in a refused name', () => {
    expect(linesOf('a: &a { __proto__: { x: 1 } }\nb: { <<: *a }')).toHaveLength(1);
    expect(Reflect.get({}, 'x')).toBeUndefined();
  });
});

describe('a list', () => {
  it('is expanded into its items, lists among them', () => {
    const text = 'kind: List\nitems:\n- a: 1\n- { kind: JobList, items: [{ b: .2 }, { c: 3 }] }\n';
    const { documents } = readManifests(text, 'a.yaml');
    expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { b: 0.2 }, { c: 3 }]);
    expect(documents.map((each) => each.locate('body'))).toEqual([
      { line: 3, column: 3 },
      { line: 4, column: 28 },
      { line: 4, column: 39 },
    ]);
  });

  it('may have its items by alias', () => {
    const text = 'x: &x\n- a: 1\nkind: List\nitems: *x\n';
    const [document] = readManifests(text, 'a.yaml').documents;
    expect(document?.value).toEqual({ a: 1 });
    expect(document?.locate('a')).toEqual({ line: 2, column: 6 });
  });
});
