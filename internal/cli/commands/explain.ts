import type { Context } from '../context.ts';
import { fieldAt } from '../explain/field.ts';
import { explainLines } from '../explain/text.ts';
import type { Options } from '../options.ts';

/** Explains a field of a manifest. */
export async function run(
  context: Context,
  args: readonly string[],
  options: Options,
): Promise<undefined> {
  const { manifestSchemas } = await import('../../apis/validation/index.ts');
  const field = await fieldAt(manifestSchemas(), args[0] ?? '');
  for (const line of explainLines(field, options.flag('recursive'))) context.printLine(line);
  return undefined;
}
