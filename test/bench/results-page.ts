import { aimText, holds, shown, summarise } from './figures.ts';
import type { StoredResult } from './results.ts';
import type { Figure } from './scenario.ts';

const HEAD = [
  '| what | unit | median | min | max | p99 | n | aim | |',
  '| --- | --- | --: | --: | --: | --: | --: | --- | --- |',
];

/** All results as one page of Markdown. */
export function resultsPage(results: readonly StoredResult[]): string {
  const intro = '# Measured\n\nWritten by `make bench`: each scenario as it was last run.\n';
  return `${[intro, ...results.map(section)].join('\n')}`;
}

/** The figures of one scenario as a table. */
export function table(figures: readonly Figure[]): string {
  return [...HEAD, ...figures.map(row)].join('\n');
}

function section(result: StoredResult): string {
  const { scenario, about, measuredAt, effort, machine, figures, plots = [] } = result;
  const { cpu, cores, memoryGiB, kernel, node, redis, docker, load } = machine;
  const where = `${cores} × ${cpu}, ${memoryGiB} GiB, Linux ${kernel}, Node ${node}, Redis ${redis}, Docker ${docker}`;
  const how = `${effort.rounds} rounds, windows of ${effort.seconds} s, queues divided by ${effort.shrink}`;
  const pictures = plots.map(({ name, title }) => `\n![${title}](${name}.svg)\n`);
  return [
    `## ${scenario}\n`,
    `${about}\n`,
    table(figures),
    ...pictures,
    `\n${measuredAt}; ${where}; load ${load} before; ${how}.\n`,
  ].join('\n');
}

function row(figure: Figure): string {
  const { median, min, max, p99, count } = summarise(figure.values);
  const numbers = [median, min, max, p99].map(shown);
  const verdict = holds(figure);
  const mark = verdict === undefined ? '' : verdict ? 'holds' : '**misses**';
  const aim = figure.aim === undefined ? '' : aimText(figure.aim);
  return `| ${[figure.name, figure.unit, ...numbers, count, aim, mark].join(' | ')} |`;
}
