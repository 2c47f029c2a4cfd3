import { isDeepStrictEqual } from 'node:util';
import type { ObjectMeta, OwnerReference } from '../apis/index.ts';
import type { LastApplied, StoredMeta } from '../store/ports.ts';

/** A field that an apply changes. */
export interface FieldChange {
  path: string;
  from?: unknown;
  to?: unknown;
}

/** What a manifest says of labels and annotations. */
export type Marks = Pick<ObjectMeta, 'labels' | 'annotations'>;

/** Labels and annotations as a manifest gives them, with those that no manifest ever gave. */
export function mergedMeta(
  live: ObjectMeta & { ownerReference?: OwnerReference },
  applied: LastApplied | undefined,
  manifest: Marks,
): StoredMeta {
  const { namespace, name, ownerReference } = live;
  const part = (field: 'labels' | 'annotations') => {
    const given = manifest[field] ?? {};
    const all = merged(live[field] ?? {}, given, given, applied?.[field] ?? {});
    return Object.keys(all).length === 0 ? {} : { [field]: all };
  };
  return {
    ...{ namespace, name, ...part('labels'), ...part('annotations') },
    ...(ownerReference === undefined ? {} : { ownerReference }),
  };
}

/**
 * The members of an object after an apply: those of `given` are wanted, those of `before` that are given
 * no longer go back to what `wanted` has by default, the others stay as they are in `live`.
 * @param wanted values of all that is given, and defaults of what is not.
 */
export function merged(live: object, wanted: object, given: object, before: object): object {
  const names = new Set([live, wanted, before].flatMap((of) => Object.keys(of)));
  const entries = [...names].map((name) => {
    const from = name in given || name in before ? wanted : live;
    return [name, Reflect.get(from, name)] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** What is different, member by member. @param at path of the object. */
export function changesOf(at: string, from: object, to: object): FieldChange[] {
  const names = new Set([...Object.keys(from), ...Object.keys(to)]);
  return [...names].flatMap((name) => {
    const [before, after]: unknown[] = [Reflect.get(from, name), Reflect.get(to, name)];
    if (isDeepStrictEqual(before, after)) return [];
    return [{ path: `${at}.${name}`, ...part('from', before), ...part('to', after) }];
  });
}

function part(name: 'from' | 'to', value: unknown): Partial<FieldChange> {
  return value === undefined ? {} : { [name]: value };
}

export function metaChanges(live: Marks, meta: Marks): FieldChange[] {
  return [
    ...changesOf('metadata.labels', live.labels ?? {}, meta.labels ?? {}),
    ...changesOf('metadata.annotations', live.annotations ?? {}, meta.annotations ?? {}),
  ];
}
