import type { Context } from '../context.ts';
import { type ManifestObject, titleOf } from './manifest-object.ts';
import { type ObjectFormat, printObjects } from './print-objects.ts';

/** What `--dry-run client` says of objects that were read: that they could be sent. */
export async function tellValid(
  context: Context,
  objects: readonly ManifestObject[],
  format: ObjectFormat | undefined,
): Promise<void> {
  if (format !== undefined) {
    const values = objects.map(({ value }) => value);
    await printObjects(context, format, values);
    return;
  }
  for (const object of objects) context.printLine(`${titleOf(object)} is valid (client dry run)`);
}
