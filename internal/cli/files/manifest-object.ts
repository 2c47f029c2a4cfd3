import type { ManifestDocument, ManifestFault, ManifestKind } from '../../manifest/index.ts';
import type { ObjectRef } from './prune-plan.ts';

/** One object of the files that were given, checked as far as this can be done without the server. */
export interface ManifestObject {
  kind: ManifestKind;
  namespace: string;
  /** Absent where the server makes one. */
  name: string | undefined;
  generateName: string | undefined;
  /** What is sent. */
  value: Record<string, unknown>;
  document: ManifestDocument;
}

/** As in `job/report`, or `job/report-*` where the server makes the name. */
export function titleOf({ kind, name, generateName }: ManifestObject): string {
  return `${kind.toLowerCase()}/${name ?? `${generateName ?? ''}*`}`;
}

/** Objects that stand in the files twice. */
export function duplicates(objects: readonly ManifestObject[]): ManifestFault[] {
  const first = new Map<string, ManifestObject>();
  const faults: ManifestFault[] = [];
  for (const object of objects) {
    if (object.name === undefined) continue;
    const key = `${object.kind}/${object.namespace}/${object.name}`;
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, object);
      continue;
    }
    const { line } = before.document.locate('metadata.name');
    const message = `${titleOf(object)} is there already, in ${before.document.source}:${line}`;
    faults.push(object.document.fault({ path: 'metadata.name', message }));
  }
  return faults;
}

/** Those that have a name. */
export function refsOf(objects: readonly ManifestObject[]): ObjectRef[] {
  return objects.flatMap(({ kind, namespace, name }) =>
    name === undefined ? [] : [{ kind, namespace, name }],
  );
}
