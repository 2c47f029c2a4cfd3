import Table from 'cli-table3';
import type { ResultBody, TaskResultBody } from '../support/result-body.ts';

const SHOWN_CHARS = 200;

/** The callback's body, indented, with long outputs cut for the eye. */
export function bodyText(body: ResultBody): string {
  const cut = (key: string, value: unknown) =>
    (key === 'stdout' || key === 'stderr') && typeof value === 'string' ? shortened(value) : value;
  return JSON.stringify(body, cut, 2);
}

function shortened(text: string): string {
  if (text.length <= SHOWN_CHARS) return text;
  return `${text.slice(0, 30)}… (${text.length} characters in all)`;
}

/** One row per task. */
export function resultTable(body: ResultBody, color: boolean): string {
  const table = new Table({
    head: ['task', 'status', 'reason', 'stdout', 'stderr', 'kept'],
    style: color ? {} : { head: [], border: [] },
    colWidths: [15, 8, 13, 32, 18, 11],
    wordWrap: true,
  });
  for (const task of body.tasks) table.push(row(task));
  return table.toString();
}

function row({ name, status, reason, result }: TaskResultBody): string[] {
  const cells = [result.stdout, result.stderr].map((text) => firstLine(text ?? '(unknown)'));
  return [name, String(status), reason ?? '', ...cells, result.log];
}

function firstLine(text: string): string {
  const lines = text.trimEnd().split('\n');
  const first = (lines[0] ?? '').slice(0, 24);
  const more = lines.length > 1 ? ` (+${lines.length - 1})` : '';
  return `${first}${(lines[0] ?? '').length > 24 ? '…' : ''}${more}`;
}
