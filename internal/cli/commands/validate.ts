import type { Context } from '../context.ts';
import { titleOf } from '../files/manifest-object.ts';
import { readObjects } from '../files/read-objects.ts';
import type { Options } from '../options.ts';
import { terminalSafe } from '../output/terminal-safe.ts';

/** Checks files without a server. */
export async function run(
  context: Context,
  _: readonly string[],
  options: Options,
): Promise<undefined> {
  const objects = await readObjects(context, options, { named: false });
  for (const object of objects) {
    context.printLine(terminalSafe(`${object.document.source}: ${validTitle(object)} is valid`));
  }
  return undefined;
}

function validTitle(object: Parameters<typeof titleOf>[0]): string {
  const nameless = object.name === undefined && object.generateName === undefined;
  return nameless ? object.kind.toLowerCase() : titleOf(object);
}
