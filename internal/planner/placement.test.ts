import { describe, expect, it } from 'vitest';
import { avoidedNodes, closedNodeDelay, outdated, troubleAfter, troublesome } from './placement.ts';
import { aRecord, aSnapshot, aView, failed, lost, succeeded } from './testing/builders.ts';

const record = (trouble: Record<string, number>) => aRecord({ trouble });

describe('what a task remembers of nodes', () => {
  it('is how often it came to nothing there; a loss says nothing of the node', () => {
    const once = troubleAfter(aRecord(), failed);
    expect(once).toEqual({ trouble: { n1: 1 } });
    expect(troubleAfter(aRecord(once), failed)).toEqual({ trouble: { n1: 2 } });
    expect(troubleAfter(aRecord(once), lost)).toEqual(once);
    expect(troubleAfter(aRecord(), lost)).toEqual({});
  });

  it('is nothing of an attempt that no node had', () => {
    const { nodeId: _, ...nowhere } = failed;
    expect(troubleAfter(aRecord(), nowhere)).toEqual({});
  });

  it('is a few nodes at most, the last ones', () => {
    const ids = Array.from({ length: 30 }, (_, i) => `n${i}`);
    const end = ids.reduce(
      (at, nodeId) => aRecord(troubleAfter(at, { ...failed, nodeId })),
      aRecord(),
    );
    expect(Object.keys(end.trouble ?? {})).toEqual(ids.slice(-8));
  });

  it('counts only what did not succeed', () => {
    expect(succeeded.outcome).toBe('Succeeded');
    expect(troublesome(record({ a: 1, b: 2, c: 3 }))).toEqual(['b', 'c']);
  });
});

describe('the nodes that an attempt is kept from', () => {
  it('are those on which its task came to nothing twice', () => {
    expect(avoidedNodes(record({ a: 1, b: 2 }), ['a', 'b', 'c'], [])).toEqual(['b']);
  });

  it('are none when no other node would be left', () => {
    expect(avoidedNodes(record({ a: 2 }), ['a'], [])).toEqual([]);
    expect(avoidedNodes(record({ a: 2, b: 2 }), ['a', 'b'], [])).toEqual([]);
    expect(avoidedNodes(record({ a: 2 }), ['a', 'b'], ['b'])).toEqual([]);
  });
});

describe('an attempt that no node suits, and that is kept from one that failed to start tasks', () => {
  const view = aView({ evidence: { kind: 'waiting', stuck: true, excluded: ['bad'] } });
  const snapshot = (closedNodes: string[]) => aSnapshot({ attempts: [view], closedNodes });

  it('waits for another while that node is closed, and looks again as no look tells when it is not', () => {
    expect(outdated(snapshot(['bad']), view)).toBeUndefined();
    expect(closedNodeDelay(snapshot(['bad']), view)).toBe(1000);
  });

  it('is made anew once that node may be tried', () => {
    expect(outdated(snapshot([]), view)).toMatchObject({ reason: 'PlacementOutdated' });
    expect(outdated(snapshot(['worse']), view)).toMatchObject({ reason: 'PlacementOutdated' });
    expect(closedNodeDelay(snapshot(['worse']), view)).toBeUndefined();
  });
});
