import type { ManifestKind } from '../../manifest/index.ts';
import type { Context } from '../context.ts';
import { EXIT, UsageError } from '../errors.ts';
import type { Options } from '../options.ts';
import { terminalSafe } from '../output/terminal-safe.ts';
import { objectFormat, printObjects } from './print-objects.ts';
import { createObject } from './send-object.ts';

type MakeManifest = (
  name: string,
  args: readonly string[],
  options: Options,
) => Record<string, unknown> & { kind: ManifestKind };

/** Makes one object out of options instead of a file. */
export async function createOne(
  context: Context,
  args: readonly string[],
  options: Options,
  make: MakeManifest,
): Promise<number> {
  const [name = '', ...rest] = args;
  if (rest.length !== (context.trailing ?? []).length) {
    throw new UsageError('the name comes first, and after -- the arguments of the container');
  }
  const format = objectFormat(options);
  const dryRun = options.text('dryRun');
  const value = make(name, rest, options);
  const place = { kind: value.kind, namespace: await context.namespace(), value };
  const made =
    dryRun === 'client'
      ? value
      : await createObject(await context.client(), place, { dryRun: dryRun === 'server' });
  if (format !== undefined) await printObjects(context, format, [made]);
  else {
    const note = dryRun === undefined ? '' : ` (${dryRun} dry run)`;
    context.printLine(terminalSafe(`${value.kind.toLowerCase()}/${name} created${note}`));
  }
  return EXIT.ok;
}
