import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR_MS, TestWorld } from './test-world.ts';

let world: TestWorld;
beforeEach(() => {
  world = new TestWorld();
});

/** After this much silence a node is down. */
const SILENCE_MS = 15_000;

describe('a node that dies', () => {
  it('is down after 15 s, and its tasks keep their state and are replaced by nothing', () => {
    const running = world.start({}, 'n2');
    const preparing = world.create({ startMs: HOUR_MS }, 'n2');
    world.clock.advance(100);
    world.swarm.killNode('n2');
    world.clock.advance(SILENCE_MS - 1);
    expect(world.nodeState('n2')).toBe('ready');
    expect(world.word(running)).toBe('running, wanted running');
    world.clock.advance(24 * HOUR_MS);
    expect(world.nodeState('n2')).toBe('down');
    expect(world.word(running)).toBe('running, wanted shutdown');
    expect(world.word(preparing)).toBe('preparing, wanted shutdown');
    expect(world.swarm.listTasks()).toHaveLength(2);
  });

  it('comes back with failed containers, whose end nobody saw', () => {
    const id = world.start({}, 'n2');
    world.swarm.killNode('n2');
    world.clock.advance(SILENCE_MS);
    world.swarm.reviveNode('n2');
    world.clock.advance(1000);
    expect(world.nodeState('n2')).toBe('ready');
    expect(world.word(id)).toBe('failed 255, wanted shutdown');
  });

  it('has no log that can be read, which may pass: no answer, rather than an empty one', async () => {
    const id = world.start({ stdout: 'hello' }, 'n2');
    world.swarm.killNode('n2');
    world.clock.advance(SILENCE_MS);
    const { ID, NodeID } = world.task(id);
    await expect(world.engine.taskLogs(ID, 1000)).rejects.toMatchObject({
      code: 'Unavailable',
      message: expect.stringContaining(`node ${NodeID} is not available`),
    });
  });

  it('holds the task of a service that is removed meanwhile, until it is back', () => {
    const id = world.start({}, 'n2');
    world.swarm.killNode('n2');
    world.clock.advance(SILENCE_MS);
    world.swarm.removeService(id);
    world.clock.advance(HOUR_MS);
    expect(world.word(id)).toBe('running, wanted remove');
    world.swarm.reviveNode('n2');
    world.clock.advance(1000);
    expect(world.find(id)).toBeUndefined();
  });

  it('that is removed leaves its tasks orphaned', () => {
    const id = world.start({}, 'n2');
    world.swarm.killNode('n2');
    world.clock.advance(SILENCE_MS);
    world.swarm.removeNode('n2');
    expect(world.word(id)).toBe('orphaned, wanted shutdown');
    expect(world.swarm.listNodes()).toHaveLength(2);
  });
});

describe('a node that is cut off', () => {
  it('tells of a late success when it is back, with the time of its end', () => {
    const id = world.start({ runMs: 60_000 }, 'n2');
    const endsAt = Date.parse(world.task(id).Status.Timestamp) + 60_000;
    world.swarm.partitionNode('n2');
    world.clock.advance(100_000);
    expect(world.word(id)).toBe('running, wanted shutdown');
    world.swarm.reviveNode('n2');
    world.clock.advance(1000);
    expect(world.word(id)).toBe('complete 0, wanted shutdown');
    expect(Date.parse(world.task(id).Status.Timestamp)).toBeLessThan(endsAt + 100);
  });

  it('stops what still runs when it is back', () => {
    const polite = world.start({ exitOnTerm: 0 }, 'n2');
    const deaf = world.start({ ignoresTerm: true }, 'n2');
    world.swarm.partitionNode('n2');
    world.clock.advance(SILENCE_MS);
    world.swarm.reviveNode('n2');
    world.clock.advance(1000);
    expect(world.word(polite)).toBe('shutdown 0, wanted shutdown');
    expect(world.word(deaf)).toBe('running, wanted shutdown');
    world.clock.advance(10_000);
    expect(world.word(deaf)).toBe('shutdown 137, wanted shutdown');
  });

  it('that is back within 15 s has lost nothing', () => {
    const id = world.start({}, 'n2');
    world.swarm.partitionNode('n2');
    world.clock.advance(SILENCE_MS - 2000);
    world.swarm.reviveNode('n2');
    world.clock.advance(HOUR_MS / 2);
    expect(world.word(id)).toBe('running, wanted running');
  });

  it('brings nothing more of a log that is followed, whose follow does not end', async () => {
    const id = world.start({ stdout: 'begun\n', stdoutOnTerm: 'last\n' }, 'n2');
    let text = '';
    let isOver = false;
    const take = (_stream: unknown, bytes: Buffer) => {
      text += bytes.toString();
    };
    const end = new AbortController();
    const over = world.engine.followLogs(world.task(id).ID, take, end.signal);
    void over.then(() => {
      isOver = true;
    });
    await setImmediate();
    world.swarm.partitionNode('n2');
    world.swarm.killContainer(world.task(id).ID, 'SIGTERM');
    await setImmediate();
    expect({ text, isOver }).toEqual({ text: 'begun\n', isOver: false });
    end.abort();
    await over;
  });

  it('never answers for a log', async () => {
    const id = world.start({}, 'n2');
    world.swarm.partitionNode('n2');
    const log = world.engine.taskLogs(world.task(id).ID, 1000);
    world.clock.advance(SILENCE_MS);
    await expect(log).rejects.toMatchObject({ code: 'Unavailable' });
  });
});

describe('a drain', () => {
  it('stops the tasks of the node, by SIGKILL after 10 s', () => {
    const polite = world.start({ exitOnTerm: 7 }, 'n2');
    const deaf = world.start({ ignoresTerm: true }, 'n2');
    const elsewhere = world.start({}, 'n3');
    world.swarm.drainNode('n2');
    world.clock.advance(1000);
    expect(world.word(polite)).toBe('shutdown 7, wanted shutdown');
    expect(world.word(deaf)).toBe('running, wanted shutdown');
    world.clock.advance(10_000);
    expect(world.word(deaf)).toBe('shutdown 137, wanted shutdown');
    expect(world.word(elsewhere)).toBe('running, wanted running');
  });

  it('stops a task that has not started', () => {
    const id = world.create({ startMs: HOUR_MS }, 'n2');
    world.clock.advance(100);
    world.swarm.drainNode('n2');
    world.clock.advance(100);
    expect(world.word(id)).toBe('shutdown, wanted shutdown');
  });
});
