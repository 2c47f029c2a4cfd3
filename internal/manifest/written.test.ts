import { describe, expect, it } from 'vitest';
import { parseCronJob, parseJob } from '../apis/validation/index.ts';
import { checkManifest } from './check.ts';
import { formatFault } from './fault.ts';
import { readManifests } from './read.ts';

const DEFAULTS = { outputLimitBytes: 1 };

/** The faults of a text, as lines without their places. */
function wordsOf(text: string, name = 'a.yaml'): string[] {
  const { documents, faults } = readManifests(text, name);
  const checked = documents.flatMap((document) => {
    const parse = text.includes('CronJob') ? parseCronJob : parseJob;
    const result = checkManifest<unknown>(document, (value) => parse(value, DEFAULTS));
    return result.ok ? [] : result.faults;
  });
  return [...faults, ...checked].map((fault) =>
    formatFault(fault).replace(/^a\.\w+:\d+:\d+: /, ''),
  );
}

const job = (...lines: string[]) =>
  [
    'apiVersion: swarmer/v1',
    'kind: Job',
    'metadata: {name: a}',
    'spec:',
    '  image: a',
    ...lines,
  ].join('\n');

/** What YAML takes for a number, a truth value or nothing. */
const NO_TEXTS = [
  ...['1.10', '8.0', '1.', '.5', '+1', '-0', '0', '-1.50', '1e10', '1E+2', '12e03', '1e-7'],
  ...['0022', '007', '0o17', '0x1F', '0xff', '9007199254740993', '123456789012345678901234567890'],
  ...[
    'true',
    'True',
    'TRUE',
    'false',
    'False',
    'null',
    'Null',
    'NULL',
    '~',
    '.inf',
    '-.INF',
    '.NaN',
  ],
];
/** What YAML 1.1 takes for one, and 1.2 for the text that it is. */
const TEXTS = [
  ...[
    'yes',
    'Yes',
    'no',
    'NO',
    'on',
    'off',
    'y',
    'n',
    '1_000',
    '0b11',
    '1:30',
    '190:20:30',
    '2024-01-01',
  ],
  ...['2024-01-01T10:00:00Z', '0o8', '0x', '1.2.3', '1e', '+', '.', '1,000'],
];

describe('a value that should be a text', () => {
  it.each(NO_TEXTS)('is shown as it was written, in quotes: %s', (written) => {
    const quoted = `write "${written}" in quotes`;
    for (const place of [
      `  env: {V: ${written}}`,
      `  env: {V: "1", W: ${written} }`,
      `  env:\n    V: ${written} # a remark`,
      `  args: [a, ${written}]`,
      `  command:\n  - ${written}`,
      `  containerLabels: {a: ${written}}`,
      `  user: ${written}`,
      `  networks: [${written}]`,
      `  configs: [{source: c, mode: ${written}}]`,
      `  tasks: [{name: ${written}}]`,
      `  tasks: [{name: a, env: {V: ${written}}, args: [b]}]`,
      `  env: {V: !!null ~, W: &a ${written}}`,
    ]) {
      const words = wordsOf(job(place));
      expect(words.at(-1), place).toContain(quoted);
    }
    for (const key of ['labels', 'annotations']) {
      const words = wordsOf(job().replace('{name: a}', `{name: a, ${key}: {k: ${written}}}`));
      expect(words).toEqual([expect.stringContaining(quoted)]);
    }
    const name = wordsOf(job().replace('{name: a}', `{name: ${written}}`));
    expect(name).toEqual([expect.stringContaining(quoted)]);
  });

  it.each(TEXTS)('is one in YAML 1.2: %s', (written) => {
    const text = job('  env:', `    V: ${written}`);
    const [document] = readManifests(text, 'a.yaml').documents;
    expect(document?.value).toMatchObject({ spec: { env: { V: written } } });
    expect(wordsOf(text)).toEqual([]);
  });

  it('is shown as it was written in JSON too', () => {
    const text = `{"apiVersion": "swarmer/v1", "kind": "Job", "metadata": {"name": "a"},
      "spec": {"image": "a", "env": {"V": 1.10, "W": 1E5, "X": null}, "args": [8.0, true]}}`;
    expect(wordsOf(text, 'a.json')).toEqual([
      'spec.env.V: must be a text; write "1.10" in quotes',
      'spec.env.W: must be a text; write "1E5" in quotes',
      'spec.env.X: must be a text; write "null" in quotes',
      expect.stringMatching(/^spec\.args\[0\]: .*; write "8\.0" in quotes$/),
      expect.stringMatching(/^spec\.args\[1\]: .*; write "true" in quotes$/),
    ]);
  });

  it('is shown as its anchor has it, and from a merged mapping', () => {
    const text = job('  args: ["x", &v 1.10]', '  command: [*v]', '  env: {<<: {V: 0022}, W: *v}');
    const quoted = wordsOf(text).map((words) => /write .* in quotes/.exec(words)?.[0]);
    expect(quoted.sort()).toEqual([
      'write "0022" in quotes',
      ...['write "1.10" in quotes', 'write "1.10" in quotes', 'write "1.10" in quotes'],
    ]);
  });

  it('is an empty one where nothing was written', () => {
    expect(wordsOf(job('  env:', '    V:'))).toEqual([
      'spec.env.V: must be a text; write "" for an empty text',
    ]);
  });

  it('is shown with its brackets, unless it is long', () => {
    expect(wordsOf(job('  env: {V: [1.10, b]}'))).toEqual([
      'spec.env.V: must be a text; write "[1.10, b]" in quotes',
    ]);
    expect(wordsOf(job(`  env: {V: [${'1, '.repeat(60)}]}`))).toEqual([
      'spec.env.V: must be a text; write it in quotes',
    ]);
    expect(wordsOf(job('  env:', '    V:', '    - 1.10'))).toEqual([
      'spec.env.V: must be a text; write it in quotes',
    ]);
  });

  it('is shown as it was written as a key', () => {
    expect(wordsOf(job('  env: {1.10: a}'))).toEqual([
      'spec.env["1.1"]: keys must be texts: write "1.10" in quotes',
    ]);
  });

  it('is shown as it was written in a cron job and in a list', () => {
    const text = `kind: List
items:
- apiVersion: swarmer/v1
  kind: CronJob
  metadata: {name: a}
  spec: {schedule: "@daily", jobTemplate: {spec: {image: a, env: {V: 1.10}}}}`;
    expect(wordsOf(text)).toEqual([
      'spec.jobTemplate.spec.env.V: must be a text; write "1.10" in quotes',
    ]);
  });
});

describe('a value that should not be a text', () => {
  it.each([
    ['suspend: yes', 'must be true or false; write true'],
    ['suspend: Off', 'must be true or false; write false'],
    ['suspend: "true"', 'must be true or false, without quotes'],
    ['readOnly: on', 'must be true or false; write true'],
    ['suspend: perhaps', 'must be true or false'],
    ['parallelism: 1_000', 'must be an integer from 1 to 2147483647; write 1000'],
    ['parallelism: "4"', 'must be an integer from 1 to 2147483647, without quotes'],
    ['parallelism: four', 'must be an integer from 1 to 2147483647'],
  ])('is told what to write: %s', (line, words) => {
    expect(wordsOf(job(`  ${line}`))).toEqual([`spec.${line.split(':')[0]}: ${words}`]);
  });
});
