import { describe, expect, it } from 'vitest';
import { classifyAttempt } from './classify.ts';
import type { ObservedNode, ObservedTask } from './engine.ts';

const running: ObservedTask = {
  id: 'task',
  serviceId: 'service',
  labels: {},
  version: 20,
  attached: false,
  nodeId: 'node',
  state: 'running',
  desiredState: 'running',
  createdAt: 1,
  updatedAt: 2,
  containerId: 'container',
};
const active = { id: 'node', hostname: 'n1', availability: 'active' as const };
const node = (state: ObservedNode['state'], change: Partial<ObservedNode> = {}) =>
  new Map([['node', { ...active, state, version: 5, updatedAt: 0, ...change }]]);
const none = new Map<string, ObservedNode>();
const look = (task: Partial<ObservedTask>, nodes = none) =>
  classifyAttempt([{ ...running, ...task }], nodes);

describe('classifyAttempt', () => {
  it.each(['new', 'pending', 'assigned', 'accepted', 'preparing', 'ready', 'starting'])(
    'a task that is %s waits, with the words of swarm',
    (state) => {
      const task = { state, error: 'no suitable node (1 node not available)' };
      const waiting = { kind: 'waiting', message: task.error, stuck: true, nodeId: 'node' };
      expect(look(task)).toEqual(waiting);
    },
  );

  it('a task that waits tells of the nodes that it is kept from', () => {
    const excluded = ['n2'];
    expect(look({ state: 'pending', excluded })).toMatchObject({ kind: 'waiting', excluded });
  });

  it('a running task is running although it has an exit code already', () => {
    const trace = { swarmTaskId: 'task', nodeId: 'node', startedAt: 2 };
    expect(look({ exitCode: 3 })).toEqual({ kind: 'running', trace });
  });

  it('a complete task has ended with 0', () => {
    expect(look({ state: 'complete', exitCode: 0 })).toMatchObject({
      kind: 'ended',
      exitStatus: 0,
    });
  });

  it('a failed task has ended with its exit code, at the time of that state', () => {
    const task = { state: 'failed', exitCode: 137, error: 'task: non-zero exit (137)' };
    expect(look(task)).toEqual({
      kind: 'ended',
      exitStatus: 137,
      message: task.error,
      trace: { swarmTaskId: 'task', nodeId: 'node', finishedAt: 2 },
    });
  });

  describe('that ended while its node was registered anew', () => {
    /** Its node changed at version 30, its end was told at 40, and is older than that. */
    const end = {
      state: 'failed',
      exitCode: 137,
      version: 40,
      createdAt: 5000,
      updatedAt: 100_000,
    };
    const anew = { version: 30, updatedAt: 100_500 };
    const byItself = { kind: 'ended', exitStatus: 137 };
    const restarted = { kind: 'lost', reason: 'EngineRestarted' };

    it.each([
      ['0, because it ends in order on SIGTERM', 'complete', 0],
      ['137', 'failed', 137],
      ['a code of its own', 'failed', 5],
    ])('with %s, is lost', (_what, state, exitCode) => {
      expect(look({ ...end, state, exitCode }, node('ready', anew))).toMatchObject(restarted);
    });

    it('is lost when it came up to 5 s before the node changed', () => {
      const late = node('ready', { version: 30, updatedAt: 105_000 });
      expect(look(end, late)).toMatchObject(restarted);
    });

    it('has ended by itself when it has a network, unless the engine was connected anew', () => {
      const attached = { ...end, attached: true };
      expect(look(attached, node('ready', anew))).toMatchObject(byItself);
      const connectedAnew = node('ready', { ...anew, connectedSince: 100_700 });
      expect(look(attached, connectedAnew)).toMatchObject(restarted);
    });

    // Regression: a server that was started again took what had ended meanwhile for lost, 4 of 6 times, as
    // the networks of other tasks had changed their node.
    it('has ended by itself when its engine is older than it, whatever changed its node', () => {
      const own = node('ready', { ...anew, connectedSince: 4000, startedAt: 4000 });
      for (const attached of [true, false]) {
        expect(look({ ...end, attached }, own)).toMatchObject(byItself);
      }
    });

    it('is lost when the engine that tells of it is younger than it, with a network too', () => {
      const young = node('ready', { version: 90, updatedAt: 99_000, startedAt: 98_000 });
      for (const attached of [true, false]) {
        expect(look({ ...end, attached }, young)).toMatchObject(restarted);
      }
    });

    it('has ended by itself when the engine before told of it', () => {
      const again = node('ready', { version: 90, updatedAt: 100_500, startedAt: 100_100 });
      expect(look(end, again)).toMatchObject(byItself);
    });

    it.each([
      ['was told before the node changed', { version: 50, updatedAt: 100_500 }],
      ['came long before the node changed', { version: 30, updatedAt: 120_000 }],
      ['came more than 5 s before', { version: 30, updatedAt: 105_001 }],
      ['came after the node had changed', { version: 30, updatedAt: 99_000 }],
    ])('has ended by itself when its end %s', (_what, change) => {
      expect(look(end, node('ready', change))).toMatchObject(byItself);
    });

    it('has ended by itself when the engine only hung, and its connections stayed', () => {
      const hung = node('ready', { ...anew, connectedSince: 4000 });
      expect(look(end, hung)).toMatchObject(byItself);
      const connectedAnew = node('ready', { ...anew, connectedSince: 100_700 });
      expect(look(end, connectedAnew)).toMatchObject(restarted);
    });
  });

  // "id already in use" was once taken for the exit status 128 of a process: chaos found it.
  it.each(['task abc: already exists', 'id already in use', 'ttrpc: closed: unknown'])(
    'a task whose container was half started by an engine that was killed is lost: %s',
    (why) => {
      const error = `starting container failed: ${why}`;
      const evidence = look({ state: 'failed', exitCode: 128, error });
      expect(evidence).toMatchObject({ kind: 'lost', reason: 'EngineRestarted' });
    },
  );

  it('a task that the engine could not start has no exit status, though the engine says 128', () => {
    const error = 'starting container failed: error while creating mount source path';
    const evidence = look({ state: 'failed', exitCode: 128, error });
    expect(evidence).toMatchObject({ kind: 'rejected', message: error });
  });

  it('a process that exits with 128 has ended with it', () => {
    const error = 'task: non-zero exit (128)';
    expect(look({ state: 'failed', exitCode: 128, error })).toMatchObject({
      kind: 'ended',
      exitStatus: 128,
    });
  });

  it('a task that stops because somebody removes its service is lost with that reason', () => {
    const task = { state: 'shutdown', desiredState: 'remove' };
    expect(look(task)).toMatchObject({ kind: 'lost', reason: 'ServiceRemoved' });
  });

  it('a task whose container a restarted engine does not find is lost, not a success', () => {
    const task = { state: 'failed', exitCode: 0, error: 'No such container: x.1.y' };
    expect(look(task)).toMatchObject({ kind: 'lost', reason: 'EngineRestarted' });
  });

  it('a task that failed without an exit code never ran', () => {
    const { containerId: _, ...task } = { ...running, state: 'failed', error: 'bad mount' };
    expect(classifyAttempt([task], none)).toMatchObject({ kind: 'rejected', message: 'bad mount' });
  });

  it('a rejected task without a container never ran', () => {
    const { containerId: _, ...task } = { ...running, state: 'rejected', error: 'No such image' };
    const evidence = classifyAttempt([task], none);
    expect(evidence).toMatchObject({ kind: 'rejected', message: 'No such image' });
  });

  it('a task rejected while it ran, by the enforcer of constraints, is lost', () => {
    const task = { state: 'rejected', message: 'assigned node no longer meets constraints' };
    expect(look(task)).toMatchObject({ kind: 'lost', reason: 'TaskStopped' });
  });

  it('a task that swarm stopped (drain) is lost, whatever its exit code', () => {
    const task = { state: 'shutdown', exitCode: 0 };
    expect(look(task)).toMatchObject({ kind: 'lost', reason: 'TaskStopped' });
  });

  it('an orphaned task is lost', () => {
    expect(look({ state: 'orphaned' })).toMatchObject({ kind: 'lost', reason: 'NodeLost' });
  });

  it.each(['running', 'preparing'])(
    'a %s task that swarm gave up on a dead node is lost',
    (state) => {
      const evidence = look({ state, desiredState: 'shutdown' }, node('down'));
      expect(evidence).toMatchObject({
        kind: 'lost',
        reason: 'NodeLost',
        message: 'node n1 is down',
      });
    },
  );

  it('a task given up on a node that was removed is lost', () => {
    const others = new Map([['other', { ...[...node('ready').values()][0], id: 'other' }]]);
    const evidence = look({ desiredState: 'remove' }, others as Map<string, ObservedNode>);
    expect(evidence).toMatchObject({ kind: 'lost', reason: 'NodeLost' });
  });

  it.each(['unknown', 'disconnected', 'ready'] as const)(
    'a given-up task on a node that is %s may still end by itself',
    (state) => {
      expect(look({ desiredState: 'shutdown' }, node(state))).toMatchObject({ kind: 'running' });
    },
  );

  it('a task on a dead node that swarm has not given up yet is not lost yet', () => {
    expect(look({}, node('down'))).toMatchObject({ kind: 'running' });
  });

  it('nodes that were not asked for say nothing', () => {
    expect(look({ desiredState: 'shutdown' })).toMatchObject({ kind: 'running' });
  });

  it('of several tasks the one that ran to its end decides, else the newest', () => {
    const old = { ...running, id: 'old', createdAt: 0, state: 'failed', exitCode: 3 };
    expect(classifyAttempt([running, old], none)).toMatchObject({ kind: 'ended', exitStatus: 3 });
    const dead = { ...old, state: 'shutdown' };
    expect(classifyAttempt([running, dead], none)).toMatchObject({ kind: 'running' });
  });
});
