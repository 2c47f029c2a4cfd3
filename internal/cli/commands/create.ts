import type { Context } from '../context.ts';
import { EXIT } from '../errors.ts';
import { appliedLine } from '../files/apply-line.ts';
import { tellValid } from '../files/client-dry-run.ts';
import { eachObject } from '../files/each-object.ts';
import { objectFormat, printObjects } from '../files/print-objects.ts';
import { readObjects } from '../files/read-objects.ts';
import { createObject } from '../files/send-object.ts';
import type { Options } from '../options.ts';

/** Makes the objects of files; what is there already is left as it is, and a failure. */
export async function run(
  context: Context,
  _: readonly string[],
  options: Options,
): Promise<number> {
  const format = objectFormat(options);
  const objects = await readObjects(context, options, { named: false });
  if (options.text('dryRun') === 'client') {
    await tellValid(context, objects, format);
    return EXIT.ok;
  }
  const client = await context.client();
  const dryRun = options.text('dryRun') !== undefined;
  const { done, refusal } = await eachObject(context, objects, async (object) => {
    const made = await createObject(client, object, { dryRun });
    const line = appliedLine(
      { result: 'created', changes: [], object: made },
      dryRun ? ' (server dry run)' : '',
    );
    if (format === undefined) context.printLine(line);
    return made;
  });
  if (format !== undefined) await printObjects(context, format, done);
  if (refusal !== undefined) throw refusal;
  return EXIT.ok;
}
