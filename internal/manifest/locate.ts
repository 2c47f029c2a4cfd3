import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { AliasTargets } from './aliases.ts';
import { isMergeKey } from './scalars.ts';
import { type Segment, segmentsOf } from './segments.ts';
import { startOf } from './values.ts';

/** A value's place; `key` when it is the member of a mapping. */
interface Place {
  key?: unknown;
  value: unknown;
}

/** Whether the name of a member is meant, or what it has. */
export type Part = 'key' | 'value';

/**
 * Offset of what is at `path` below `root`: of the nearest thing around it when it is not there.
 * Within an alias it is where the anchor is, for there it can be mended.
 */
export function locate(root: Node, targets: AliasTargets, path: string, part: Part): number {
  let place: Place = { value: root };
  for (const segment of stepsOf(path, part)) {
    const next = memberOf(place.value, segment, targets);
    if (next === undefined) return startOf(place.key) ?? startOf(place.value) ?? 0;
    place = next;
  }
  const { key, value } = place;
  const first = part === 'key' || isEmpty(value) ? key : undefined;
  return startOf(first) ?? startOf(value) ?? startOf(key) ?? 0;
}

/** How the value at `path` is written in `text`, where that is a word, or a list or mapping in brackets. */
export function sourceAt(
  { root, targets, text }: { root: Node; targets: AliasTargets; text: string },
  path: string,
): string | undefined {
  let place: Place | undefined = { value: root };
  for (const segment of stepsOf(path, 'value')) {
    place = place && memberOf(place.value, segment, targets);
  }
  const value = isAlias(place?.value) ? targets.get(place.value) : place?.value;
  if (isScalar(value)) return typeof value.value === 'string' ? undefined : value.source;
  const isInBrackets = (isMap(value) || isSeq(value)) && value.flow;
  return isInBrackets && value.range ? text.slice(value.range[0], value.range[1]) : undefined;
}

/** `body` is the whole, but also how `pathText` writes a member that is called so. */
function stepsOf(path: string, part: Part): Segment[] {
  return part === 'key' && path === 'body' ? [(name) => name === path] : segmentsOf(path);
}

/** The member or item of a node, through aliases and merges. */
export function memberOf(at: unknown, segment: Segment, targets: AliasTargets): Place | undefined {
  const node = isAlias(at) ? targets.get(at) : at;
  if (isSeq(node)) {
    if (typeof segment !== 'number' || segment >= node.items.length) return undefined;
    return { value: node.items[segment] };
  }
  if (!isMap(node) || typeof segment === 'number') return undefined;
  const own = node.items.find(({ key }) => isNamed(key, segment));
  return own ?? mergedMember(node.items, segment, targets);
}

function mergedMember(pairs: Pair[], segment: Segment, targets: AliasTargets): Place | undefined {
  const merge = pairs.find(({ key }) => isMergeKey(key));
  if (merge === undefined) return undefined;
  const value = isAlias(merge.value) ? targets.get(merge.value) : merge.value;
  for (const source of isSeq(value) ? value.items : [value]) {
    const found = memberOf(source, segment, targets);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isNamed(key: unknown, isName: (name: string) => boolean): boolean {
  return isScalar(key) && typeof key.value === 'string' && !isMergeKey(key) && isName(key.value);
}

/** `spec:` with nothing after it. */
function isEmpty(value: unknown): boolean {
  return isScalar(value) && value.value === null && !value.source;
}
