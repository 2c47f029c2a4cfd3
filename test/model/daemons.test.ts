import { beforeEach, describe, expect, it } from 'vitest';
import { TestWorld } from './test-world.ts';

let world: TestWorld;
beforeEach(() => {
  world = new TestWorld();
});

describe('a restart of a daemon', () => {
  it.each([
    ['dies of SIGTERM', {}, 'failed 143'],
    ['ends with 7 on SIGTERM', { exitOnTerm: 7 }, 'failed 7'],
    ['ignores SIGTERM', { ignoresTerm: true }, 'failed 137'],
    ['ends with 0 on SIGTERM, though it was cut short', { exitOnTerm: 0 }, 'complete 0'],
  ])('after a crash shows the exit code of a process that %s', (_, behaviour, end) => {
    const id = world.start(behaviour, 'n2');
    world.swarm.restartDaemon('n2', 2000);
    world.clock.advance(13_000);
    expect(world.word(id)).toBe(`${end}, wanted shutdown`);
  });

  it('in order loses the containers: failed with exit code 0 and the words of the engine', () => {
    const id = world.start({ exitOnTerm: 0 }, 'n2');
    world.swarm.restartDaemon('n2', 2000, 'SIGTERM');
    world.clock.advance(5000);
    expect(world.word(id)).toBe('failed 0, wanted shutdown');
    expect(world.task(id).Status.Err).toMatch(/^No such container: swarmer-/);
  });

  it('in order takes the logs of what had ended, and tells of its end as one of now', async () => {
    const id = world.start({ runMs: 1000, stdout: 'said\n' }, 'n2');
    world.clock.advance(2000);
    const before = world.task(id);
    expect(String((await world.engine.taskLogs(before.ID, 100)).stdout)).toBe('said\n');
    const endedAt = before.Status.Timestamp;
    world.swarm.restartDaemon('n2', 2000, 'SIGTERM');
    world.clock.advance(5000);
    const { ID, Status } = world.task(id);
    expect(world.word(id)).toBe('complete 0, wanted shutdown');
    expect(Date.parse(Status.Timestamp)).toBeGreaterThan(Date.parse(endedAt) + 2000);
    expect((await world.engine.taskLogs(ID, 100)).summary.log).toMatchObject({
      state: 'unavailable',
      reason: expect.stringContaining('started anew after the task had ended'),
    });
  });

  it('in order that takes too long leaves the tasks shut down', () => {
    const id = world.start({ exitOnTerm: 0 }, 'n2');
    world.swarm.restartDaemon('n2', 20_000, 'SIGTERM');
    world.clock.advance(25_000);
    expect(world.word(id)).toBe('shutdown 0, wanted shutdown');
  });

  it('begins the start of a task anew, and no state goes back', () => {
    const id = world.create({ startMs: 10_000, runMs: 1000 }, 'n2');
    world.clock.advance(6000);
    expect(world.word(id)).toBe('starting 0, wanted running');
    world.swarm.restartDaemon('n2', 2000);
    world.clock.advance(5000);
    expect(world.word(id)).toBe('starting 0, wanted running');
    world.clock.advance(10_000);
    expect(world.word(id)).toBe('complete 0, wanted shutdown');
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'between making a container and noting it rejects the task: its name is in use (%s)',
    (signal) => {
      const [early, late] = [1000, 4000].map((sinceMs) => {
        const id = world.create({ startMs: 10_000 }, 'n2');
        world.clock.advance(sinceMs);
        world.swarm.restartDaemon('n2', 500, signal);
        world.clock.advance(15_000);
        return id;
      });
      expect(world.word(early ?? '')).toBe('complete 0, wanted shutdown');
      expect(world.word(late ?? '')).toBe('rejected 0, wanted shutdown');
      expect(world.task(late ?? '').Status.Err).toMatch(
        /^Conflict\. The container name "\/swarmer-\S+" is already in use by container /,
      );
    },
  );

  it('of the only manager gives nothing up, however long it takes', () => {
    const id = world.create({ startMs: 10_000, runMs: 1000 }, 'n1');
    world.clock.advance(1000);
    world.swarm.restartDaemon('n1', 60_000);
    world.clock.advance(80_000);
    expect(world.word(id)).toBe('complete 0, wanted shutdown');
  });

  it('of the manager ends the event stream and refuses calls until it is back', async () => {
    const id = world.start({ exitOnTerm: 0 }, 'n1');
    const watch = world.engine.watch(() => {}, new AbortController().signal);
    await Promise.resolve();
    world.swarm.restartDaemon('n1', 20_000);
    await watch;
    await expect(world.engine.listTasks()).rejects.toMatchObject({ code: 'Unavailable' });
    world.clock.advance(21_000);
    expect(await world.engine.listTasks()).toHaveLength(1);
    expect(world.word(id)).toBe('complete 0, wanted shutdown');
    expect(world.nodeState('n1')).toBe('ready');
  });
});

describe('a swarm without a leader', () => {
  it('fails every call, knows not its own id, and goes on where it was', async () => {
    const id = world.start({ runMs: 5000 }, 'n2');
    const { clusterId } = await world.engine.info();
    world.swarm.loseManager(10_000);
    await expect(world.engine.listTasks()).rejects.toMatchObject({
      code: 'Unavailable',
      status: 500,
      message: expect.stringContaining('The swarm does not have a leader'),
    });
    expect((await world.engine.info()).clusterId).toBe('');
    world.clock.advance(10_000);
    expect((await world.engine.info()).clusterId).toBe(clusterId);
    world.clock.advance(33_000);
    expect(world.word(id)).toBe('complete 0, wanted shutdown');
  });

  it('makes the task of a service that it took just before, when it has a leader again', () => {
    const id = world.create({}, 'n1');
    world.swarm.loseManager(1000);
    world.clock.advance(999);
    expect(world.find(id)).toBeUndefined();
    world.clock.advance(1000);
    expect(world.word(id)).toBe('complete 0, wanted shutdown');
  });

  it('knows no state of its nodes for up to 33 s after it has one, and gives nothing up', () => {
    const id = world.start({}, 'n2');
    world.swarm.loseManager(1000);
    world.clock.advance(1000);
    expect([world.nodeState('n1'), world.nodeState('n2')]).toEqual(['ready', 'unknown']);
    expect(world.word(id)).toBe('running, wanted running');
    world.clock.advance(33_000);
    expect(world.nodeState('n2')).toBe('ready');
    expect(world.word(id)).toBe('running, wanted running');
  });

  it('finds a node down that does not come back to the new leader', () => {
    const id = world.start({}, 'n2');
    world.swarm.loseManager(1000);
    world.swarm.killNode('n2');
    world.clock.advance(40_000);
    expect(world.nodeState('n2')).toBe('down');
    expect(world.word(id)).toBe('running, wanted shutdown');
  });
});
