import { ApiError } from '../api-error.ts';
import { EXIT } from '../errors.ts';
import { terminalSafe } from '../output/terminal-safe.ts';
import { type ManifestObject, titleOf } from './manifest-object.ts';

/**
 * What the server has against an object, with places in its file: a line for each field, then the way
 * out.
 * @returns undefined for what concerns not the object but the connection or the token.
 */
export async function refusalLines(
  error: unknown,
  object: ManifestObject,
): Promise<string[] | undefined> {
  if (!(error instanceof ApiError) || error.status >= 500) return undefined;
  if (error.exitCode === EXIT.notAuthorised) return undefined;
  const { formatFault } = await import('../../manifest/index.ts');
  const { document } = object;
  const fields = (error.problem.errors ?? []).map((problem) =>
    formatFault(document.fault(problem)),
  );
  if (fields.length > 0) return [...fields, terminalSafe(`${titleOf(object)}: ${error.message}`)];
  const whole = document.fault({ path: 'metadata.name', message: error.message });
  return [formatFault({ ...whole, path: titleOf(object) })];
}
