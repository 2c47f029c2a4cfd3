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

    // The store was away when the engine came back, and its node was cut off for a while before anybody looked.
    it('is lost when its node has changed once more since, where this process saw the change', () => {
      const again = { version: 60, updatedAt: 118_000 };
      const earlier = [{ version: 3, updatedAt: 4000 }, anew, { version: 50, updatedAt: 110_000 }];
      for (const state of ['complete', 'failed']) {
        expect(look({ ...end, state }, node('ready', { ...again, earlier }))).toMatchObject(
          restarted,
        );
      }
    });

    it('has ended by itself when no change that this process saw came between its end and the news of it', () => {
      const again = { version: 60, updatedAt: 100_600 };
      const earlier = [
        { version: 30, updatedAt: 99_000 },
        { version: 39, updatedAt: 105_001 },
        { version: 50, updatedAt: 100_500 },
      ];
      expect(look(end, node('ready', { ...again, earlier }))).toMatchObject(byItself);
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

  describe('that was not started', () => {
    const runc = 'failed to create shim task: OCI runtime create failed: ';
    const child = `${runc}runc create failed: unable to start container process: `;
    const start = (exitCode: number, words: string) =>
      look({ state: 'failed', exitCode, error: `starting container failed: ${words}` });

    it.each([
      ['/opt/check-connection refused'],
      ['/opt/already exists'],
      [`/opt/task ${'a'.repeat(64)}: already exists`],
      ['/opt/context canceled'],
    ])('because there is no such command has the status of a shell: %s', (command) => {
      const error = `${child}exec: "${command}": stat ${command}: no such file or directory: unknown`;
      expect(start(127, error)).toMatchObject({ kind: 'ended', exitStatus: 127 });
    });

    it.each([
      [
        'a log endpoint that refuses',
        128,
        'failed to initialize logging driver: dial tcp 127.0.0.1:9: connect: connection refused',
      ],
      [
        'a log address that is not there',
        127,
        'failed to initialize logging driver: dial unix /x: connect: no such file or directory',
      ],
      [
        'an NFS server that refuses',
        128,
        "error while mounting volume '/x': failed to mount local volume: mount :/x:/y, data: addr=10.0.0.9: connection refused",
      ],
      [
        'a folder mounted on a file',
        127,
        `${child}error during container init: error mounting "/etc" to rootfs at "/etc/passwd": mount /etc:/etc/passwd (via /proc/self/fd/6), flags: 0x5000: not a directory: unknown`,
      ],
    ])('for %s is rejected, whatever status the engine gives it', (_what, exitCode, words) => {
      expect(start(exitCode, words)).toMatchObject({ kind: 'rejected' });
    });

    // The engine gives a runtime that is missing the status of a command that is.
    it.each([
      [
        'no bridge',
        128,
        'failed to create endpoint x on network bridge: adding interface veth1 to bridge docker0 failed: could not find bridge docker0: route ip+net: no such network interface',
      ],
      [
        'no runc',
        127,
        `${runc}unable to retrieve OCI runtime error (open /run/x/log.json: no such file or directory): exec: "runc": executable file not found in $PATH: unknown`,
      ],
      [
        'no shim',
        126,
        'failed to start shim: start failed: : fork/exec /usr/bin/containerd-shim-runc-v2: permission denied: unknown',
      ],
    ])('as its node has %s is lost by the fault of the node', (_what, exitCode, words) => {
      const message = `starting container failed: ${words}`;
      const trace = { swarmTaskId: 'task', nodeId: 'node', finishedAt: 2 };
      const lost = { kind: 'lost', reason: 'NodeFault', message, trace };
      expect(start(exitCode, words)).toEqual(lost);
    });

    it('has no fault of its node in what its process said at its end', () => {
      const error = 'task: non-zero exit (1): open /x: no space left on device';
      const evidence = look({ state: 'failed', exitCode: 1, error });
      expect(evidence).toMatchObject({ kind: 'ended', exitStatus: 1 });
    });
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

  it('a node whose defaults do not go with the log driver of a job is told what to do', () => {
    const error = "logger: max-buffer-size option is only supported with 'mode=non-blocking'";
    const evidence = look({ state: 'rejected', error });
    expect(evidence).toMatchObject({ kind: 'rejected' });
    expect('message' in evidence && evidence.message).toContain(`${error}; its node has`);
  });

  it('a rejected task without a container never ran', () => {
    const { containerId: _, ...task } = { ...running, state: 'rejected', error: 'No such image' };
    const evidence = classifyAttempt([task], none);
    expect(evidence).toMatchObject({ kind: 'rejected', message: 'No such image' });
  });

  // A container that cannot be connected to its networks is there already.
  it('a rejected task with a container never ran either', () => {
    const error =
      'container sharing network namespace with another container or host cannot be connected to any other network';
    const task = { state: 'rejected', message: 'preparing', error };
    expect(look(task)).toMatchObject({ kind: 'rejected', message: error });
  });

  it('a task that its node could not prepare is lost by the fault of the node', () => {
    const error = 'network sandbox join failed: error creating vxlan interface: file exists';
    const task = { state: 'rejected', message: 'preparing', error };
    expect(look(task)).toMatchObject({ kind: 'lost', reason: 'NodeFault', message: error });
  });

  describe('a task rejected by the enforcer of constraints', () => {
    const error = 'assigned node no longer meets constraints';
    const message = 'task rejected by constraint enforcer';

    it('is lost, whether it ran or not', () => {
      expect(look({ state: 'rejected', message, error })).toMatchObject({
        kind: 'lost',
        reason: 'TaskStopped',
      });
      const { containerId: _, ...task } = { ...running, state: 'rejected', message, error };
      expect(classifyAttempt([task], none)).toMatchObject({ kind: 'lost', reason: 'TaskStopped' });
    });

    it('is lost by the words of an old one, too', () => {
      const old = look({ state: 'rejected', message: error });
      expect(old).toMatchObject({ kind: 'lost', reason: 'TaskStopped' });
    });

    it('is not one whose own text has those words', () => {
      const own = { state: 'rejected', message: 'preparing', error: `Invalid signal: ${error}` };
      expect(look(own)).toMatchObject({ kind: 'rejected' });
    });
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
