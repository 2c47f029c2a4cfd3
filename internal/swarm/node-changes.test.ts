import { beforeEach, describe, expect, it } from 'vitest';
import type { ObservedNode } from './engine.ts';
import { NodeChanges } from './node-changes.ts';

const node = (id: string, version: number): ObservedNode => ({
  ...{ id, hostname: id, state: 'ready', availability: 'active' },
  ...{ version, updatedAt: version * 1000 },
});
const change = (version: number) => ({ version, updatedAt: version * 1000 });

let changes: NodeChanges;
const earlierOf = (...nodes: ObservedNode[]) =>
  changes.ofNodes(nodes).map(({ earlier }) => earlier);

beforeEach(() => {
  changes = new NodeChanges();
});

describe('the changes of nodes', () => {
  it('are remembered once they are no longer the last', () => {
    expect(earlierOf(node('a', 1), node('b', 1))).toEqual([undefined, undefined]);
    expect(earlierOf(node('a', 2), node('b', 1))).toEqual([[change(1)], undefined]);
    expect(earlierOf(node('a', 2), node('b', 3))).toEqual([[change(1)], [change(1)]]);
    expect(earlierOf(node('a', 5), node('b', 3))).toEqual([[change(1), change(2)], [change(1)]]);
  });

  it('are kept when a list that was asked for earlier is answered later', () => {
    earlierOf(node('a', 1));
    earlierOf(node('a', 2));
    expect(earlierOf(node('a', 1))).toEqual([[change(2)]]);
    expect(earlierOf(node('a', 3))).toEqual([[change(2), change(1)]]);
  });

  it('are those of the nodes that are there, and the last ones only', () => {
    for (let version = 1; version <= 40; version++) earlierOf(node('a', version));
    const [earlier = []] = earlierOf(node('a', 41));
    expect(earlier.map(({ version }) => version)).toEqual(
      Array.from({ length: 15 }, (_, i) => 26 + i),
    );
    earlierOf(node('b', 1));
    expect(earlierOf(node('a', 42))).toEqual([undefined]);
  });
});
