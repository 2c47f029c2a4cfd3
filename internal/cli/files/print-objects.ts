import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { Options } from '../options.ts';
import { nameOf } from '../output/print-data.ts';

export type ObjectFormat = 'name' | 'json' | 'yaml';

/** @throws UsageError for what `-o` of these verbs has not. */
export function objectFormat(options: Options): ObjectFormat | undefined {
  const text = options.text('output');
  if (text === undefined || text === 'name' || text === 'json' || text === 'yaml') return text;
  throw new UsageError(`there is no output format "${text}"; use name, json or yaml`);
}

/** Prints objects as one file that could be applied: YAML documents, or JSON that may be a list. */
export async function printObjects(
  context: Context,
  format: ObjectFormat,
  objects: readonly object[],
): Promise<void> {
  if (format === 'name') {
    for (const object of objects) context.printLine(nameOf(object));
  } else if (format === 'json') {
    const [only, ...others] = objects;
    const list = { apiVersion: 'swarmer/v1', kind: 'List', items: objects };
    context.printLine(JSON.stringify(others.length === 0 ? (only ?? list) : list, null, 2));
  } else {
    const { stringify } = await import('../output/yaml.ts');
    context.print(objects.map((object) => stringify(object)).join('---\n'));
  }
}
