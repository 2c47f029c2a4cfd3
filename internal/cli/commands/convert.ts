import type { Context } from '../context.ts';
import { CliError, EXIT } from '../errors.ts';
import { convertDocuments } from '../files/convert-documents.ts';
import { printObjects } from '../files/print-objects.ts';
import { readDocuments, report } from '../files/read-objects.ts';
import type { Options } from '../options.ts';

/** Makes our manifests of those of Kubernetes. Exits with 1 when one of them cannot be converted. */
export async function run(
  context: Context,
  _: readonly string[],
  options: Options,
): Promise<number> {
  const [{ convertKubernetes }, { formatFault }] = await Promise.all([
    import('../../convert/index.ts'),
    import('../../manifest/index.ts'),
  ]);
  const read = await readDocuments(context, options);
  await report(context, read);
  if (read.documents.length === 0) throw new CliError('the files have no objects in them');
  const convert = ({ value }: (typeof read.documents)[number]) => convertKubernetes(value);
  const { manifests, notes, failed } = convertDocuments(read.documents, convert, formatFault);
  for (const note of notes) context.say(note);
  const format = options.text('output') === 'json' ? 'json' : 'yaml';
  if (manifests.length > 0) await printObjects(context, format, manifests);
  return failed ? EXIT.error : EXIT.ok;
}
