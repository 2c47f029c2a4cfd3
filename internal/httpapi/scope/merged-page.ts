import type { Namespaces } from '../../access/index.ts';
import type { Page } from '../../store/ports.ts';

/** A page of objects in order of their uids. */
export interface Listed<T> {
  items: T[];
  /** Uid up to which was read; absent at the end. */
  next?: string;
}

/**
 * A page over several namespaces, in the order that one index of them all would have.
 * @param list gives a page of one namespace, or of all when it is not named.
 */
export async function mergedPage<T extends { metadata: { uid: string } }>(
  namespaces: Namespaces,
  page: Page,
  list: (page: Page) => Promise<Listed<T>>,
): Promise<Listed<T>> {
  if (namespaces === '*') return list(page);
  const { namespace, limit } = page;
  const wanted = namespaces.filter((it) => namespace === undefined || it === namespace);
  const pages = await Promise.all(wanted.map((it) => list({ ...page, namespace: it })));
  const cuts = pages.flatMap(({ next }) => (next === undefined ? [] : [next]));
  // Behind the first cut something may be missing between two that are known.
  const cut = cuts.sort()[0];
  const known = pages
    .flatMap(({ items }) => items)
    .filter(({ metadata }) => cut === undefined || metadata.uid <= cut)
    .sort((a, b) => (a.metadata.uid < b.metadata.uid ? -1 : 1));
  const items = known.slice(0, limit);
  const next = items.length < known.length ? items.at(-1)?.metadata.uid : cut;
  return next === undefined ? { items } : { items, next };
}
