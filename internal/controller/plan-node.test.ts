import { describe, expect, it } from 'vitest';
import type { NodeWish } from '../apis/index.ts';
import type { ObservedNode, ObservedTask } from '../swarm/index.ts';
import { planNode } from './plan-node.ts';

const STORE = '01STORE';
const node: ObservedNode = {
  ...{ id: 'n1', hostname: 'one', state: 'ready', availability: 'active', version: 7 },
  updatedAt: 0,
};
const paused: ObservedNode = { ...node, availability: 'pause' };
const running: ObservedTask = {
  ...{ id: 't', serviceId: 's', labels: { 'swarmer.store': STORE }, version: 1, attached: false },
  ...{ nodeId: 'n1', state: 'running', desiredState: 'running', createdAt: 0, updatedAt: 0 },
};
const drain: NodeWish = { node: 'n1', wish: 'drain', at: 1 };
const activate: NodeWish = { node: 'n1', wish: 'active', at: 1 };
const settled = { storeId: STORE, pausedMs: 2000 };

function plan(wish: NodeWish, seen: ObservedNode, tasks: ObservedTask[], view = settled) {
  return planNode(wish, { nodes: [seen], tasks, ...view });
}

describe('a drain', () => {
  it('begins with a pause, whatever runs on the node', () => {
    const step = { type: 'set', node, availability: 'pause' };
    expect(plan(drain, node, [running])).toEqual(step);
    expect(plan(drain, node, [])).toEqual(step);
  });

  it.each<[string, Partial<ObservedTask>]>([
    ['runs', {}],
    ['is about to run', { state: 'assigned' }],
    ['runs for another store of this installation', { labels: { 'swarmer.store': 'other' } }],
    ['has ended, and whose log is still to be collected', { state: 'complete' }],
    ['is being stopped', { desiredState: 'remove' }],
  ])('waits for an attempt that %s', (_what, task) => {
    expect(plan(drain, paused, [{ ...running, ...task }])).toEqual({ type: 'wait' });
  });

  it.each<[string, Partial<ObservedTask>]>([
    ['is on another node', { nodeId: 'n2' }],
    ['has ended for another store', { state: 'failed', labels: { 'swarmer.store': 'other' } }],
  ])('does not wait for one that %s', (_what, task) => {
    const step = { type: 'set', node: paused, availability: 'drain' };
    expect(plan(drain, paused, [{ ...running, ...task }])).toEqual(step);
  });

  it('waits until what was given to the node in the moment of the pause must have shown', () => {
    const view = { ...settled, pausedMs: 1999 };
    expect(plan(drain, paused, [], view)).toEqual({ type: 'wait' });
  });

  it('waits on a node that is down for what was not given up, and for nothing else', () => {
    const down: ObservedNode = { ...paused, state: 'down' };
    expect(plan(drain, down, [running])).toEqual({ type: 'wait' });
    const removed = { ...running, desiredState: 'remove' };
    expect(plan(drain, down, [removed])).toMatchObject({ availability: 'drain' });
  });

  it('is over when the node is drained, or has left the swarm', () => {
    expect(plan(drain, { ...node, availability: 'drain' }, [running])).toEqual({ type: 'done' });
    expect(plan({ ...drain, node: 'gone' }, node, [])).toEqual({ type: 'done' });
  });
});

it('the end of a drain makes the node active at once, and is over then', () => {
  const step = { type: 'set', node: paused, availability: 'active' };
  expect(plan(activate, paused, [running])).toEqual(step);
  expect(plan(activate, node, [running])).toEqual({ type: 'done' });
});
