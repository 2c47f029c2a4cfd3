import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR_MS, TestWorld } from './test-world.ts';

let world: TestWorld;
beforeEach(() => {
  world = new TestWorld();
});

const idOf = (serviceId: string) => world.task(serviceId).ID;

/** No real engine can be told to do these: they were reported, by the numbers of moby's issues. */
describe('what the engine never gets rid of', () => {
  it.each([
    ['waited for a node (36527, 42215)', { never: 'pending' as const }, 'pending, wanted remove'],
    ['has ended (35908)', { exitCode: 3, runMs: 50 }, 'failed 3, wanted remove'],
    ['had to be stopped', { runMs: HOUR_MS }, 'shutdown 143, wanted remove'],
  ])('a record that stays of a task that %s', async (_, behaviour, word) => {
    const id = world.create({ ...behaviour, stuck: 'record' }, 'n2');
    world.clock.advance(500);
    const taskId = idOf(id);
    world.swarm.removeService(id);
    world.clock.advance(24 * HOUR_MS);
    expect(world.word(id)).toBe(word);
    expect(await world.engine.findService(id)).toBeUndefined();
    expect(await world.engine.findTask(taskId)).toMatchObject({ desiredState: 'remove' });
  });

  it('a container that no signal ends (37320), while its node has power', async () => {
    const id = world.start({ stuck: 'container', runMs: 5000 }, 'n2');
    const taskId = idOf(id);
    world.swarm.removeService(id);
    world.clock.advance(24 * HOUR_MS);
    expect(world.word(id)).toBe('running, wanted remove');
    expect(world.runs(taskId)).toBe(true);
    world.swarm.killNode('n2');
    expect(world.runs(taskId)).toBe(false);
    world.swarm.reviveNode('n2');
    world.clock.advance(1000);
    expect(await world.engine.findTask(taskId)).toBeUndefined();
  });

  it('a container that no signal ends does not keep its engine from starting', () => {
    const id = world.start({ stuck: 'container' }, 'n2');
    world.swarm.restartDaemon('n2', 2000, 'SIGKILL');
    world.clock.advance(20_000);
    expect(world.nodeState('n2')).toBe('ready');
    expect(world.runs(idOf(id))).toBe(true);
  });
});

describe('a removed task', () => {
  it('ends after the grace of its service', () => {
    const id = world.start({ ignoresTerm: true }, 'n2', { terminationGracePeriodSeconds: 3 });
    const taskId = idOf(id);
    world.swarm.removeService(id);
    world.clock.advance(2990);
    expect(world.word(id)).toBe('running, wanted remove');
    expect(world.runs(taskId)).toBe(true);
    world.clock.advance(200);
    expect(world.find(id)).toBeUndefined();
  });
});

describe('a node that starts nothing', () => {
  it('lets run what runs, and starts again what it gets once it is mended', () => {
    const running = world.start({}, 'n2');
    world.swarm.breakNode('n2', 'bridge');
    const failed = world.create({}, 'n2');
    const elsewhere = world.create({}, 'n3');
    world.clock.advance(100);
    expect(world.word(running)).toBe('running, wanted running');
    expect(world.word(failed)).toBe('failed 128, wanted shutdown');
    expect(world.task(failed).Status.Err).toMatch(/could not find bridge docker0: route ip\+net/);
    expect(world.word(elsewhere)).toBe('complete 0, wanted shutdown');
    world.swarm.mendNode('n2');
    const later = world.create({}, 'n2');
    world.clock.advance(100);
    expect(world.word(later)).toBe('complete 0, wanted shutdown');
  });

  it('rejects what it has no disk for, before there is a container', () => {
    world.swarm.breakNode('n2', 'disk');
    const id = world.create({}, 'n2');
    world.clock.advance(100);
    expect(world.word(id)).toBe('rejected 0, wanted shutdown');
    expect(world.task(id).Status.Err).toMatch(/^mkdir .*: no space left on device$/);
    expect(world.task(id).Status.ContainerStatus?.ContainerID).toBe('');
  });
});

describe('a list that is empty and untrue', () => {
  it('is answered for a while, as what is asked for by its id is not', async () => {
    const id = world.start();
    world.swarm.hideFromLists(1000, 'tasks', 'services');
    expect(await world.engine.listTasks()).toEqual([]);
    expect(await world.engine.listServices()).toEqual([]);
    expect(await world.engine.findService(id)).toMatchObject({ id });
    expect(await world.engine.findTask(idOf(id))).toMatchObject({ state: 'running' });
    world.clock.advance(1000);
    expect(await world.engine.listTasks()).toHaveLength(1);
    expect(await world.engine.listServices()).toHaveLength(1);
  });

  it('may be that of the services alone', async () => {
    world.start();
    world.swarm.hideFromLists(1000, 'services');
    expect(await world.engine.listTasks()).toHaveLength(1);
    expect(await world.engine.listServices()).toEqual([]);
  });
});

describe('a swarm that is left and made anew', () => {
  it('is none in between, and knows nothing of before', async () => {
    const id = world.start({}, 'n2');
    const taskId = idOf(id);
    const { clusterId } = await world.engine.info();
    world.swarm.renew(1000);
    expect(await world.engine.info()).toMatchObject({ manager: false, swarmState: 'inactive' });
    await expect(world.engine.findTask(taskId)).rejects.toMatchObject({
      code: 'Unavailable',
      status: 503,
      message: expect.stringContaining('This node is not a swarm manager'),
    });
    world.clock.advance(1000);
    const { clusterId: anew, manager } = await world.engine.info();
    expect(manager).toBe(true);
    expect(anew).not.toBe(clusterId);
    expect(await world.engine.listTasks()).toEqual([]);
    expect(await world.engine.findTask(taskId)).toBeUndefined();
    world.start({}, 'n2');
    world.clock.advance(HOUR_MS / 2);
    expect(await world.engine.listTasks()).toHaveLength(1);
  });
});

describe('a container removed by force', () => {
  it('was killed when it ran, and takes its log along', async () => {
    const ran = world.start({ stdout: 'said\n' }, 'n2');
    const ended = world.create({ stdout: 'said\n' }, 'n2');
    world.clock.advance(100);
    for (const id of [ran, ended]) world.swarm.removeContainer(idOf(id));
    world.clock.advance(100);
    expect(world.word(ran)).toBe('failed 137, wanted shutdown');
    expect(world.word(ended)).toBe('complete 0, wanted shutdown');
    for (const id of [ran, ended]) {
      expect((await world.engine.taskLogs(idOf(id), 100)).summary.stdout.bytes).toBe(0);
    }
  });
});

describe('a container removed by force before its process runs', () => {
  it('while it is started ends when it has: the start holds its lock (moby: daemon/start.go)', async () => {
    const id = world.create({ runMs: HOUR_MS, startMs: 1000, stdout: 'said\n' }, 'n2');
    world.clock.advance(800);
    expect(world.task(id).Status.State).toBe('starting');
    world.swarm.removeContainer(idOf(id));
    world.clock.advance(2000);
    expect(world.word(id)).toBe('failed 137, wanted shutdown');
    expect((await world.engine.taskLogs(idOf(id), 100)).summary.stdout.bytes).toBe(0);
  });

  it('is none while there is nothing to remove', async () => {
    const id = world.create({ runMs: HOUR_MS, startMs: 1000, stdout: 'said\n' }, 'n2');
    world.clock.advance(300);
    expect(world.task(id).Status.State).toBe('preparing');
    world.swarm.removeContainer(idOf(id));
    world.clock.advance(2000);
    expect(world.word(id)).toBe('running, wanted running');
    expect((await world.engine.taskLogs(idOf(id), 100)).summary.stdout.bytes).toBe(5);
  });
});

describe('room on the nodes', () => {
  it('is what is not reserved, and what waits for it is placed when a node gets more', () => {
    const big = { resources: { reservations: { memory: '500g' } } };
    const waits = world.create({}, undefined, big);
    world.clock.advance(HOUR_MS);
    expect(world.task(waits).Status.Err).toBe(
      'no suitable node (insufficient resources on 3 nodes)',
    );
    world.swarm.setMemory('n3', 512 * 1024 ** 3);
    world.clock.advance(100);
    expect(world.word(waits)).toBe('complete 0, wanted shutdown');
  });
});
