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
const doubt = (change: Partial<ObservedNode>, logDriver = 'json-file') =>
  doubtOfEmptyLog({ task, nodes: [{ ...node, ...change }], logDriver });

describe('an empty log', () => {
  it.each([
    ['its node has not changed since', {}],
    ['its node changed while it ran', { version: 15, updatedAt: 99_000 }],
    [
      'its node changed right after its end, as it does with a network',
      { version: 25, updatedAt: 100_400 },
    ],
    [
      'its engine was connected all the time',
      { version: 25, updatedAt: 103_000, connectedSince: 90_000 },
    ],
  ])('is that of a task that wrote nothing when %s', (_, change) => {
    expect(doubt(change)).toBeUndefined();
  });

  // Ten minutes of chaos: a worker died with a task that had just ended, and told of it when it was back.
  it('is not the log when the end was told only after the node had come back', () => {
    expect(doubt({ version: 15, updatedAt: 127_000 })).toContain('node n1 was started anew');
  });

  it('is not the log when the engine was started anew since the end', () => {
    const anew = { version: 25, updatedAt: 103_000 };
    expect(doubt(anew)).toContain('node n1 was started anew');
    expect(doubt({ ...anew, connectedSince: 102_900 })).toContain('node n1 was started anew');
  });

  it('is not the log when the node is gone, or the engine keeps none', () => {
    expect(doubtOfEmptyLog({ task, nodes: [], logDriver: 'json-file' })).toContain('removed');
    expect(doubt({}, 'none')).toContain('log driver is "none"');
  });

  it('is that of a task that was on no node', () => {
    const { nodeId: _, ...nowhere } = task;
    expect(doubtOfEmptyLog({ task: nowhere, nodes: [], logDriver: 'json-file' })).toBeUndefined();
  });
});
