import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import type { ManifestObject } from './manifest-object.ts';
import { refusalLines } from './refusal.ts';

/**
 * Does `work` for one object after the other. What the server has against one is written to stderr, and
 * the next one's turn comes.
 * @returns the results, and the error to throw at the end if any object was refused.
 * @throws at once what concerns every object, such as a token that is not valid.
 */
export async function eachObject<T>(
  context: Context,
  objects: readonly ManifestObject[],
  work: (object: ManifestObject) => Promise<T>,
): Promise<{ done: T[]; refusal: CliError | undefined }> {
  const done: T[] = [];
  for (const object of objects) {
    try {
      done.push(await work(object));
    } catch (error) {
      const lines = await refusalLines(error, object);
      if (lines === undefined) throw error;
      for (const line of lines) context.say(line);
    }
  }
  const refused = objects.length - done.length;
  // Of a single object all is said.
  const words =
    objects.length === 1 ? '' : `the server refused ${refused} of ${objects.length} objects`;
  return { done, refusal: refused === 0 ? undefined : new CliError(words) };
}
