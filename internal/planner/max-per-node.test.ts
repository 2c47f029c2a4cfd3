import { describe, expect, it } from 'vitest';
import { plan } from './plan.ts';
import type { AttemptView, NodeLoad } from './snapshot.ts';
import { aClaim, aRecord, aSnapshot, aView, trace } from './testing/builders.ts';

const unseen = { kind: 'unseen' } as const;
const claimed = (index: number): AttemptView => ({ index, record: aClaim(), evidence: unseen });
const created = (index: number): AttemptView => ({ index, record: aRecord(), evidence: unseen });
const running = (index: number, nodeId: string): AttemptView =>
  aView({ index, evidence: { kind: 'running', trace: { ...trace, nodeId } } });
const nodes = (loads: Record<string, number>): NodeLoad[] =>
  Object.entries(loads).map(([id, tasks]) => ({ id, tasks }));
const limit = (maxPerNode: number) => ({ spec: { placement: { maxPerNode } } });
const create = (index: number, excluded?: string[]) => ({
  ...{ type: 'CreateService', index, record: aClaim() },
  ...(excluded === undefined ? {} : { excluded }),
});
const wait = (afterMs: number) => ({ type: 'RequeueAfter', afterMs });

describe('a job that limits how many of its tasks a node may have', () => {
  it('keeps a new attempt from the nodes that are full', () => {
    const attempts = [running(0, 'a'), running(1, 'b'), running(2, 'a'), claimed(3)];
    const snapshot = aSnapshot({ ...limit(2), attempts, nodes: nodes({ a: 2, b: 1, c: 0 }) });
    expect(plan(snapshot)).toEqual([create(3, ['a'])]);
  });

  it('counts an attempt that has no node yet on all of them', () => {
    const attempts = [created(0), claimed(1)];
    const snapshot = aSnapshot({ ...limit(2), attempts, nodes: nodes({ a: 1, b: 0 }) });
    expect(plan(snapshot)).toEqual([create(1, ['a'])]);
  });

  it('counts one that is being created now, and each that the same plan creates', () => {
    const attempts = [claimed(0), claimed(1), claimed(2)];
    const snapshot = aSnapshot({ ...limit(2), attempts, nodes: nodes({ a: 0 }) });
    expect(plan({ ...snapshot, busy: new Set([0]) })).toEqual([create(1), wait(200)]);
  });

  it('counts one whose creation failed, as it may be there, and waits for a look that tells', () => {
    const attempts = [{ ...claimed(0), uncertain: true as const }, claimed(1)];
    const snapshot = aSnapshot({ ...limit(2), attempts, nodes: nodes({ a: 1, b: 0 }) });
    expect(plan(snapshot)).toEqual([wait(200), create(1, ['a'])]);
  });

  it('lets an attempt wait while every node is full', () => {
    const snapshot = aSnapshot({ ...limit(1), attempts: [claimed(0)], nodes: nodes({ a: 1 }) });
    expect(plan(snapshot)).toEqual([wait(200)]);
  });

  it('counts what is still being stopped on a node', () => {
    const snapshot = aSnapshot({
      ...limit(1),
      attempts: [claimed(0)],
      nodes: nodes({ a: 1, b: 0 }),
    });
    expect(plan(snapshot)).toEqual([create(0, ['a'])]);
  });

  it('creates nothing while there is no look that shows the nodes', () => {
    expect(plan(aSnapshot({ ...limit(1), attempts: [claimed(0)] }))).toEqual([wait(200)]);
  });

  it('adopts a service that there is, wherever it runs', () => {
    const there = aView({ record: aClaim() });
    const snapshot = aSnapshot({ ...limit(1), attempts: [there], nodes: nodes({ n1: 1 }) });
    expect(plan(snapshot)).toEqual([create(0)]);
  });

  it('claims no more tasks than its nodes have room for', () => {
    const attempts = [running(0, 'a'), created(1)];
    const given = { ...limit(2), attempts, nodes: nodes({ a: 1, b: 0 }), runnable: 8, slots: 8 };
    expect(plan(aSnapshot(given))).toEqual([{ type: 'StartTasks', count: 2 }]);
    expect(plan(aSnapshot({ ...given, nodes: nodes({ a: 2, b: 1 }) }))).toEqual([wait(1000)]);
  });

  it('claims a first task before there is a look: only attempts are looked for', () => {
    const given = { ...limit(1), runnable: 8, slots: 8 };
    expect(plan(aSnapshot(given))).toEqual([{ type: 'StartTasks', count: 1 }]);
  });
});

describe('an attempt that no node suits', () => {
  const stuck = (excluded: string[], index = 0): AttemptView => ({
    ...{ index, record: aRecord(), gone: true },
    evidence: { kind: 'waiting', message: 'no suitable node', stuck: true, excluded },
  });
  const replaced = expect.arrayContaining([
    expect.objectContaining({
      verdict: expect.objectContaining({ outcome: 'Lost', reason: 'PlacementOutdated' }),
    }),
    expect.objectContaining({ disposition: expect.objectContaining({ kind: 'replace' }) }),
  ]);

  it('is replaced once a node that it is kept from has room', () => {
    const given = { ...limit(1), attempts: [stuck(['a'])] };
    expect(plan(aSnapshot({ ...given, nodes: nodes({ a: 1, b: 0 }) }))).toEqual([wait(5000)]);
    expect(plan(aSnapshot({ ...given, nodes: nodes({ a: 0, b: 0 }) }))).toEqual(replaced);
  });

  it('is replaced when it is kept from a node only for what befell earlier attempts there', () => {
    expect(plan(aSnapshot({ attempts: [stuck(['a'])] }))).toEqual(replaced);
  });

  it('is left alone when its job itself excludes the node, or nothing is excluded', () => {
    const spec = { placement: { constraints: ['node.id!=a'] } };
    expect(plan(aSnapshot({ spec, attempts: [stuck(['a'])] }))).toEqual([wait(5000)]);
    expect(plan(aSnapshot({ attempts: [stuck([])] }))).toEqual([wait(5000)]);
  });

  it('is left alone by a look that is old: it may have started meanwhile', () => {
    expect(plan(aSnapshot({ attempts: [stuck(['a'])], staleLook: true }))).toEqual([wait(5000)]);
  });
});
