import { describe, expect, it } from 'vitest';
import { doubtOfEmptyLog } from './empty-log.ts';
import type { ObservedNode, ObservedTask } from './engine.ts';

const task: ObservedTask = {
  id: 'task',
  serviceId: 'service',
  labels: {},
  version: 20,
  attached: false,
  nodeId: 'node',
  state: 'complete',
  desiredState: 'running',
  createdAt: 5000,
  updatedAt: 100_000,
};
const node: ObservedNode = {
  id: 'node',
  hostname: 'n1',
  state: 'ready',
  availability: 'active',
  version: 10,
  updatedAt: 1000,
};
const doubt = (change: Partial<ObservedNode>) =>
  doubtOfEmptyLog({ task, nodes: [{ ...node, ...change }] });

describe('an empty log', () => {
  it.each([
    ['its node has not changed since', {}],
    ['its node changed while it ran', { version: 15, updatedAt: 99_000 }],
    [
      'its engine was connected since long before its end',
      { version: 25, updatedAt: 103_000, connectedSince: 30_000 },
    ],
    [
      'its engine was connected before it was there',
      { version: 15, updatedAt: 99_990, connectedSince: 4000 },
    ],
    ['its node changed a while before its end', { version: 15, updatedAt: 99_700 }],
    ['its node came to be just before it', { version: 15, updatedAt: 4900 }],
  ])('is that of a task that wrote nothing when %s', (_, change) => {
    expect(doubt(change)).toBeUndefined();
  });

  it('of a task with a network is not doubted because its node changed right after its end', () => {
    const nodes = [{ ...node, version: 25, updatedAt: 100_400 }];
    expect(doubtOfEmptyLog({ nodes, task: { ...task, attached: true } })).toBeUndefined();
    expect(doubtOfEmptyLog({ nodes, task })).toContain('node n1 was started anew');
  });

  // Ten minutes of chaos: a worker died with a task that had just ended, and told of it when it was back.
  it('is not the log when the end was told only after the node had come back', () => {
    expect(doubt({ version: 15, updatedAt: 127_000 })).toContain('node n1 was started anew');
  });

  // Ten minutes of chaos: the manager's engine was asked to stop before the log had been read.
  it('is not the log when the end was told as one of now, right after the node had come back', () => {
    const back = { version: 15, updatedAt: 99_990 };
    expect(doubt(back)).toContain('node n1 was started anew');
    // The API of an engine answers some seconds before its node is registered.
    expect(doubt({ ...back, connectedSince: 98_000 })).toContain('node n1 was started anew');
  });

  it('is not the log when the engine was started anew since the end', () => {
    const anew = { version: 25, updatedAt: 103_000 };
    expect(doubt(anew)).toContain('node n1 was started anew');
    expect(doubt({ ...anew, connectedSince: 102_900 })).toContain('node n1 was started anew');
  });

  it('is not the log when the node is gone', () => {
    expect(doubtOfEmptyLog({ task, nodes: [] })).toContain('removed');
  });

  it('is that of a task that was on no node', () => {
    const { nodeId: _, ...nowhere } = task;
    expect(doubtOfEmptyLog({ task: nowhere, nodes: [] })).toBeUndefined();
  });
});
