import type { Context } from '../context.ts';
import type { Format } from './format.ts';
import { terminalSafe } from './terminal-safe.ts';

/** Anything with a name, for `-o name`. */
export interface Named {
  kind?: string;
  metadata?: { name?: string };
  items?: Named[];
}

/** Prints data in a form for programs. Every form but the table. */
export async function printData(
  context: Context,
  format: Exclude<Format, { kind: 'table' }>,
  data: Named,
): Promise<void> {
  if (format.kind === 'jsonpath') {
    const { fillTemplate } = await import('./json-path.ts');
    context.print(fillTemplate(format.template, data));
  } else if (format.kind === 'name') {
    for (const item of data.items ?? [data]) context.printLine(nameOf(item));
  } else if (format.kind === 'json') {
    context.printLine(JSON.stringify(data, null, 2));
  } else {
    const { stringify } = await import('./yaml.ts');
    context.print(stringify(data));
  }
}

/** As in `job/report`. */
export function nameOf({ kind, metadata }: Named): string {
  return terminalSafe(`${(kind ?? 'object').toLowerCase()}/${metadata?.name ?? ''}`);
}
