import { isAlias, isSeq, type Node } from 'yaml';
import type { ManifestDocument } from './document.ts';
import type { ManifestFault } from './fault.ts';
import { memberOf } from './locate.ts';

/** `List` is what kubectl makes; the others are what the server answers. */
const LIST_KINDS: readonly unknown[] = ['List', 'JobList', 'CronJobList'];

/** The documents of a list, which may hold lists; a document that is none, as it is. */
export function expandList(document: ManifestDocument): (ManifestDocument | ManifestFault)[] {
  const { value } = document;
  if (typeof value !== 'object' || value === null) return [document];
  const { kind, items } = value as { kind?: unknown; items?: unknown };
  if (!LIST_KINDS.includes(kind)) return [document];
  if (!Array.isArray(items)) {
    return [document.fault({ path: 'items', message: 'must be a list of manifests' })];
  }
  const nodes = itemNodes(document);
  return items.flatMap((item: unknown, index) => {
    const node = nodes[index];
    return node === undefined ? [] : expandList(document.part(item, node));
  });
}

function itemNodes({ syntax: { root, targets } }: ManifestDocument): Node[] {
  const items = memberOf(root, (name) => name === 'items', targets)?.value;
  const node = isAlias(items) ? targets.get(items) : items;
  return isSeq<Node>(node) ? node.items : [];
}
