import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Page } from '../../store/ports.ts';
import { type Listed, mergedPage } from './merged-page.ts';

interface Item {
  metadata: { uid: string };
  namespace: string;
  /** Its record cannot be read: it is left out of pages, which go on behind it. */
  broken: boolean;
}

/** Pages as the store gives them: a full one says up to where it has read. */
function lists(items: readonly Item[]) {
  return async ({ namespace, after, limit }: Page): Promise<Listed<Item>> => {
    const read = items
      .filter((it) => namespace === undefined || it.namespace === namespace)
      .filter(({ metadata }) => metadata.uid > after)
      .slice(0, limit);
    const shown = read.filter(({ broken }) => !broken);
    const last = read.at(-1);
    return read.length < limit || last === undefined
      ? { items: shown }
      : { items: shown, next: last.metadata.uid };
  };
}

const worlds = fc
  .array(fc.record({ namespace: fc.constantFrom('a', 'b', 'c'), broken: fc.boolean() }))
  .map((all) =>
    all.map((it, i): Item => ({ ...it, metadata: { uid: String(i).padStart(4, '0') } })),
  );
const bindings = fc.subarray(['a', 'b', 'c', 'none']);

async function readAll(items: Item[], namespaces: string[], page: Partial<Page>) {
  const pages: Item[][] = [];
  for (let after: string | undefined = ''; after !== undefined; ) {
    const wanted = { limit: 3, ...page, after };
    const got: Listed<Item> = await mergedPage(namespaces, wanted, lists(items));
    pages.push(got.items);
    after = got.next;
  }
  return pages;
}

it('gives page by page each object of the namespaces once, in order, and no other', async () => {
  await fc.assert(
    fc.asyncProperty(
      worlds,
      bindings,
      fc.integer({ min: 1, max: 5 }),
      async (items, bound, limit) => {
        const pages = await readAll(items, bound, { limit });
        const expected = items.filter((it) => bound.includes(it.namespace) && !it.broken);
        expect(pages.flat()).toEqual(expected);
        expect(pages.every((page) => page.length <= limit)).toBe(true);
      },
    ),
  );
});

it('never names as the place to go on an object of another namespace', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, bindings, async (items, bound) => {
      const { next } = await mergedPage(bound, { after: '', limit: 2 }, lists(items));
      const at = items.find(({ metadata }) => metadata.uid === next);
      expect(at === undefined || bound.includes(at.namespace)).toBe(true);
    }),
  );
});

it('gives nothing of a namespace that the token is not bound to', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (items) => {
      expect((await readAll(items, ['a', 'b'], { namespace: 'c' })).flat()).toEqual([]);
    }),
  );
});
