import type { Outcome } from './run.ts';

/** A row or column: what it is called, its version, and what came of the tests on it alone. */
export interface Axis {
  name: string;
  version: string;
  outcome: Outcome | undefined;
}

/** The matrix as a Markdown table: engines are rows, Redis servers columns. */
export function table(
  engines: readonly Axis[],
  redises: readonly Axis[],
  pair: (engine: number, redis: number) => Outcome | undefined,
): string {
  const head = ['', 'conformance', ...redises.map(({ name, version }) => `${name} (${version})`)];
  const alone = ['store tests', '', ...redises.map(({ outcome }) => cell(outcome))];
  const rows = engines.map(({ name, version, outcome }, i) => [
    ...[`${name} (${version})`, cell(outcome)],
    ...redises.map((_, j) => cell(pair(i, j))),
  ]);
  const rule = head.map(() => '---');
  return [head, rule, alone, ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function cell(outcome: Outcome | undefined): string {
  if (outcome === undefined) return 'not run';
  const { passed, failed } = outcome;
  return failed === 0 && passed > 0 ? `pass (${passed})` : `FAIL (${failed} of ${passed + failed})`;
}
