import { DEFAULT_OUTPUT_LIMIT_BYTES } from '../../apis/index.ts';
import type { Parsed, Problem } from '../../apis/validation/index.ts';
import type { ManifestDocument, ManifestFault } from '../../manifest/index.ts';
import type { Context } from '../context.ts';
import { CliError, UsageError } from '../errors.ts';
import type { Options } from '../options.ts';
import { duplicates, type ManifestObject } from './manifest-object.ts';

/** What goes wrong without the server: everything that can be said before anything is sent. */
interface Findings extends Faults {
  objects: ManifestObject[];
}

/** What is wrong with the files. */
interface Faults {
  faults: ManifestFault[];
  /** Faults beyond those. */
  more: number;
  /** What is said of files that cannot be read. */
  unreadable: string[];
}

/** What the files say, and what is wrong with how they say it. */
interface Documents extends Faults {
  documents: ManifestDocument[];
}

/** Which objects the verb can do with. */
export interface ReadOptions {
  /** `apply` finds objects by their names: they must have one, or have the server make one. */
  named: boolean;
}

/**
 * The objects of the files that `-f` names, in their order.
 * All faults of all files are written to stderr, one per line.
 * @throws CliError when there are any, or no object at all.
 */
export async function readObjects(
  context: Context,
  options: Options,
  { named }: ReadOptions,
): Promise<ManifestObject[]> {
  const { documents, ...faults } = await readDocuments(context, options);
  const namespace = await context.namespace();
  const given = options.text('namespace');
  const { checkDocument } = await loadChecks({ named, namespace, given });
  const found: Findings = { objects: [], ...faults };
  for (const document of documents) await checkDocument(document, found);
  found.faults.push(...duplicates(found.objects));
  await report(context, found);
  if (found.objects.length === 0) throw new CliError('the files have no objects in them');
  return found.objects;
}

/** The documents of the files that `-f` names, and what is wrong with their syntax. */
export async function readDocuments(context: Context, options: Options): Promise<Documents> {
  const paths = options.list('filename');
  if (paths.length === 0)
    throw new UsageError('say which files: -f FILE, -f DIRECTORY, or -f - for stdin');
  const { collectFiles, ManifestFileError, nodeFiles, readManifests } = await import(
    '../../manifest/index.ts'
  );
  const all: Documents = { documents: [], faults: [], more: 0, unreadable: [] };
  const unreadable = (error: unknown) => {
    if (!(error instanceof ManifestFileError)) throw error;
    all.unreadable.push(error.message);
  };
  const how = { recursive: options.flag('recursive'), unreadable };
  for (const file of await collectFiles(paths, how, nodeFiles(context.io.stdin))) {
    const text = await file.read().catch(unreadable);
    if (text === undefined) continue;
    const { documents, faults, more } = readManifests(text, file.source);
    all.documents.push(...documents);
    all.faults.push(...faults);
    all.more += more;
  }
  return withVariables(context, options, all);
}

/** The documents with the variables of the files that they name. */
async function withVariables(
  context: Context,
  options: Options,
  all: Documents,
): Promise<Documents> {
  const { nodeFiles, readEnvFiles, withEnvFiles } = await import('../../manifest/index.ts');
  const files = await readEnvFiles(all.documents, {
    access: nodeFiles(context.io.stdin),
    lookup: (name) => context.io.env[name],
    // In a pipeline the manifests may be somebody else's, and the files around them are not.
    confined: options.flag('envFileAnywhere') ? false : '--env-file-anywhere lets it be another',
  });
  const read = all.documents.map((document) => withEnvFiles(document, files));
  return {
    ...all,
    documents: read.map(({ document }) => document),
    faults: [...all.faults, ...read.flatMap(({ faults }) => faults)],
  };
}

/** Writes the faults, if there are any, and throws. A single one speaks for itself; several are counted. */
export async function report(
  context: Context,
  { faults, more, unreadable }: Faults,
): Promise<void> {
  if (faults.length + unreadable.length === 0) return;
  const { formatFault } = await import('../../manifest/index.ts');
  for (const line of [...unreadable, ...faults.map(formatFault)]) context.say(line);
  const count = unreadable.length + faults.length + more;
  throw new CliError(count === 1 ? '' : `there are ${count} faults in the files`);
}

interface Place extends ReadOptions {
  /** Of objects that name none. */
  namespace: string;
  /** By `-n`: objects of others are refused. */
  given: string | undefined;
}

/** Each is loaded when there is one of its kind: building the schemas takes longer than any check. */
const PARSERS = {
  Job: async () => (await import('../../apis/validation/job-manifest.ts')).parseJob,
  CronJob: async () => (await import('../../apis/validation/cron-manifest.ts')).parseCronJob,
};

async function loadChecks(place: Place) {
  const { checkManifest, manifestKind } = await import('../../manifest/index.ts');
  // The server fills in its own; here it is only needed to be complete.
  const defaults = { outputLimitBytes: DEFAULT_OUTPUT_LIMIT_BYTES };
  const checkDocument = async (document: ManifestDocument, found: Findings): Promise<void> => {
    const kind = manifestKind(document.value);
    if (typeof kind !== 'string') {
      found.faults.push(document.fault(kind));
      return;
    }
    const parser = await PARSERS[kind]();
    const parse = (value: unknown): Parsed<unknown> => parser(value, defaults);
    const checked = checkManifest(document, parse);
    if (!checked.ok) {
      found.faults.push(...checked.faults);
      found.more += checked.more;
      return;
    }
    const object = objectOf(kind, document, place);
    const problem = placeProblem(object, place);
    if (problem === undefined) found.objects.push(object);
    else found.faults.push(document.fault(problem));
  };
  return { checkDocument };
}

function objectOf(
  kind: ManifestObject['kind'],
  document: ManifestDocument,
  { namespace }: Place,
): ManifestObject {
  // It has passed validation, so it is an object, and what there is of its metadata are texts.
  const value = document.value as ManifestObject['value'];
  const metadata = (value['metadata'] ?? {}) as Record<string, string | undefined>;
  return {
    kind,
    document,
    value,
    namespace: metadata['namespace'] ?? namespace,
    name: metadata['name'],
    generateName: metadata['generateName'],
  };
}

function placeProblem(object: ManifestObject, { named, given }: Place): Problem | undefined {
  if (given !== undefined && object.namespace !== given) {
    const message = `is "${object.namespace}", but --namespace says "${given}"`;
    return { path: 'metadata.namespace', message };
  }
  if (!named || object.name !== undefined || object.generateName !== undefined) return undefined;
  const message =
    'is required: objects are found by their names; "generateName" makes a new one each time';
  return { path: 'metadata.name', message };
}
