import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Machine } from './machine.ts';
import { svg } from './plot.ts';
import { resultsPage } from './results-page.ts';
import type { Effort, Outcome, Scenario } from './scenario.ts';

const FOLDER = fileURLToPath(new URL('./results/', import.meta.url));

/** What is kept of the last run of a scenario. */
export interface StoredResult extends Outcome {
  scenario: string;
  about: string;
  /** ISO 8601. */
  measuredAt: string;
  effort: Effort;
  machine: Machine;
}

/** Keeps the outcome in place of the one before, and writes the page of all of them anew. */
export function keep(
  { name, about }: Scenario,
  outcome: Outcome,
  effort: Effort,
  machine: Machine,
): void {
  mkdirSync(FOLDER, { recursive: true });
  const measuredAt = new Date().toISOString();
  const result: StoredResult = { scenario: name, about, measuredAt, effort, machine, ...outcome };
  writeFileSync(`${FOLDER}${name}.json`, `${readable(result)}\n`);
  for (const plot of outcome.plots ?? []) writeFileSync(`${FOLDER}${plot.name}.svg`, svg(plot));
  writeFileSync(`${FOLDER}README.md`, resultsPage(all()));
}

/** JSON in which each list of numbers is a line. */
function readable(result: StoredResult): string {
  const lists = /\[[-+\d.,e\s]+\]/g;
  return JSON.stringify(result, null, 2).replace(lists, (list) => list.replace(/\s+/g, ' '));
}

function all(): StoredResult[] {
  const files = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .sort();
  return files.map((name) => JSON.parse(readFileSync(FOLDER + name, 'utf8')) as StoredResult);
}
