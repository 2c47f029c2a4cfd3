import { digestOf } from '../apis/canonical-json.ts';
import { DEFAULT_NAMESPACE } from '../apis/index.ts';
import {
  type CronJobRequest,
  type JobRequest,
  type MetadataRequest,
  parseCronJob,
  parseJob,
  type ServerDefaults,
} from '../apis/validation/index.ts';
import {
  type Checked,
  checkManifest,
  type EnvFiles,
  formatFault,
  type ManifestDocument,
  type ManifestFault,
  manifestKind,
  readManifests,
  withEnvFiles,
} from '../manifest/index.ts';

/** An object that a manifest of the directory asks for. */
export type WantedObject = {
  namespace: string;
  name: string;
  /** Kind, namespace and name: what tells it from other objects. */
  id: string;
  /** Of what the manifest says. */
  digest: string;
  document: ManifestDocument;
  /** Of the whole file that it stands in. */
  text: string;
  /** Where the manifest begins: `jobs/report.yaml:12:1`. */
  place: string;
} & ({ kind: 'Job'; request: JobRequest } | { kind: 'CronJob'; request: CronJobRequest });

/** What a file asks for; or what is wrong with it, as lines: then nothing of it is applied. */
export type FileContent =
  | { ok: true; objects: WantedObject[] }
  | { ok: false; faults: string[]; more: number };

/** What is filled in, by namespace. */
export type DefaultsOf = (namespace: string) => ServerDefaults;

/**
 * Reads the text of a file of manifests. Never throws.
 * @param files of variables, that the manifests name.
 */
export function readWanted(
  text: string,
  source: string,
  defaults: DefaultsOf,
  files: EnvFiles = new Map(),
): FileContent {
  const { documents, faults, more } = readManifests(text, source);
  const objects: WantedObject[] = [];
  let left = more;
  for (const written of documents) {
    const { document, faults: wrong } = withEnvFiles(written, files);
    faults.push(...wrong);
    const checked = checkDocument(document, text, defaults);
    if (checked.ok) objects.push(checked.value);
    else {
      faults.push(...checked.faults);
      left += checked.more;
    }
  }
  if (faults.length === 0) return { ok: true, objects };
  const inOrder = faults.sort((a, b) => a.line - b.line || a.column - b.column);
  return { ok: false, faults: inOrder.map(formatFault), more: left };
}

function checkDocument(
  document: ManifestDocument,
  text: string,
  defaultsOf: DefaultsOf,
): Checked<WantedObject> {
  const defaults = defaultsOf(namespaceOf(document.value));
  const kind = manifestKind(document.value);
  switch (kind) {
    case 'Job': {
      const checked = checkManifest(document, (value) => parseJob(value, defaults));
      return checked.ok ? named(document, text, { kind, request: checked.value }) : checked;
    }
    case 'CronJob': {
      const checked = checkManifest(document, (value) => parseCronJob(value, defaults));
      return checked.ok ? named(document, text, { kind, request: checked.value }) : checked;
    }
    default:
      return failure(document.fault(kind));
  }
}

/** As it is given: whether it is a name is seen when the whole is checked. */
function namespaceOf(value: unknown): string {
  const { metadata } = (value ?? {}) as { metadata?: { namespace?: unknown } | null };
  const namespace = metadata?.namespace;
  return typeof namespace === 'string' ? namespace : DEFAULT_NAMESPACE;
}

/** It must have a name: by a beginning of one each look would make a new object. */
function named(
  document: ManifestDocument,
  text: string,
  wanted: { kind: 'Job'; request: JobRequest } | { kind: 'CronJob'; request: CronJobRequest },
): Checked<WantedObject> {
  const {
    namespace = DEFAULT_NAMESPACE,
    name,
    generateName,
  }: MetadataRequest = wanted.request.metadata;
  if (generateName !== undefined) {
    const message = 'not in a directory that is kept applied: give the object a "name" instead';
    return failure(document.fault({ path: 'metadata.generateName', message }));
  }
  if (name === undefined) {
    const message = 'is required in a directory that is kept applied';
    return failure(document.fault({ path: 'metadata.name', message }));
  }
  const { line, column } = document.locate('body');
  const value = {
    ...{ ...wanted, namespace, name, document, text },
    id: `${wanted.kind}/${namespace}/${name}`,
    digest: digestOf(document.value),
    place: `${document.source}:${line}:${column}`,
  };
  return { ok: true, value };
}

function failure(fault: ManifestFault): { ok: false; faults: ManifestFault[]; more: number } {
  return { ok: false, faults: [fault], more: 0 };
}
