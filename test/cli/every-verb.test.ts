import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { CommandSpec } from '../../internal/cli/command.ts';
import { COMMANDS } from '../../internal/cli/table.ts';
import { injectLab } from '../lab/inject.ts';
import { Swarmerctl } from './swarmerctl.ts';

const FOLDER = new URL('./', import.meta.url);
const ctl = new Swarmerctl('http://127.0.0.1:9', injectLab().dir);

interface Row {
  /** With those above it, as in `config view`. */
  path: string;
  spec: CommandSpec;
}

function rowsOf(specs: readonly CommandSpec[], above: readonly string[] = []): Row[] {
  return specs.flatMap((spec) => {
    const words = [...above, spec.name];
    return [{ path: words.join(' '), spec }, ...rowsOf(spec.subcommands ?? [], words)];
  });
}

const ROWS = rowsOf(COMMANDS);
const VERBS = ROWS.filter(({ spec }) => spec.load !== undefined).map(({ path }) => path);

/** The verbs that the tests beside this one are of. Each has run its verb: `verb()` sees to it. */
function testedVerbs(): string[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.test.ts'));
  const texts = files.map((name) => readFileSync(new URL(name, FOLDER), 'utf8'));
  return texts.flatMap((text) =>
    [...text.matchAll(/^verb\('([^']+)'/gm)].map(([, name = '']) => name),
  );
}

describe('the table of verbs', () => {
  test('has a test against a real server for each of them', () => {
    expect(VERBS.length).toBeGreaterThan(30);
    expect(testedVerbs().toSorted()).toEqual(VERBS.toSorted());
  });

  test.each(ROWS)('has help that begins with examples: $path', async ({ path, spec }) => {
    const { code, stdout, stderr } = await ctl.run([...path.split(' '), '--help']);
    expect([code, stderr]).toEqual([0, '']);
    const [head, words, command] = stdout.split('\n');
    const [example = []] = spec.examples;
    expect([head, words, command]).toEqual(['Examples:', `  # ${example[1]}`, `  ${example[0]}`]);
    expect(stdout).toContain(`Usage: swarmerctl ${path}`);
  });

  test('is in the help of the program, which begins with examples too', async () => {
    const help = await ctl.read(['--help']);
    expect(help).toMatch(/^Examples:\n {2}# /);
    for (const { name, hidden } of COMMANDS) expect(help.includes(`\n  ${name} `)).toBe(!hidden);
  });

  test('does not have what is asked for: exit code 2, and the way to the help', async () => {
    const { code, stdout, stderr } = await ctl.run(['aply', '-f', 'x']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Did you mean apply?');
  });
});
