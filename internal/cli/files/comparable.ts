import type { Resource } from '../resources.ts';

/** What the server writes by itself: it says nothing about what was asked for. */
const OWNED = ['uid', 'resourceVersion', 'creationTimestamp', 'generation', 'ownerReference'];

/** The object as YAML, without what is the server's own; empty when there is none. */
export async function comparableText(object: Resource | undefined): Promise<string> {
  if (object === undefined) return '';
  const { status: _, metadata, ...rest } = object;
  const own = Object.entries(metadata).filter(([key]) => !OWNED.includes(key));
  const { stringify } = await import('../output/yaml.ts');
  const { apiVersion, kind, ...others } = rest;
  const ordered = { apiVersion, kind, metadata: Object.fromEntries(own), ...others };
  // Lines stay as they are, keys in one order: else the same would look different.
  return stringify(ordered, { lineWidth: 0, sortMapEntries: false, aliasDuplicateObjects: false });
}
