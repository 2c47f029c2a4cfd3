import { expect, test } from 'vitest';
import type { EngineEvent } from '../../internal/swarm/index.ts';
import type { Bench } from './conformance-bench.ts';
import { PROGRAMS } from './programs.ts';

/** The swarm as a whole: what the engine says of itself, events, a drain. */
export function swarmConforms(bench: () => Bench): void {
  test('the engine says that it is a manager, of which swarm, and where', async () => {
    const info = await bench().subject.engine.info();
    expect(info).toMatchObject({ manager: true, swarmState: 'active' });
    expect(info.clusterId).toMatch(/^[0-9a-z]{25}$/);
    expect(info.nodeAddress).toMatch(/^[0-9.]+$/);
    const nodes = await bench().subject.engine.listNodes();
    expect(nodes).toMatchObject([
      { id: info.nodeId, state: 'ready', availability: 'active', hostname: expect.any(String) },
    ]);
  });

  test('the events of a container name its attempt, until the watch is ended', async () => {
    const { engine, stranger } = bench().subject;
    const ours: EngineEvent[] = [];
    const theirs: EngineEvent[] = [];
    const end = new AbortController();
    const watches = [
      engine.watch((event) => ours.push(event), end.signal),
      stranger.watch((event) => theirs.push(event), end.signal),
    ];
    const spec = bench().spec(PROGRAMS.true);
    await bench().outcome(await bench().create(spec));
    const index = Number(spec.Labels['swarmer.index']);
    const actions = () => ours.filter((it) => it.attempt?.index === index).map((it) => it.action);
    await bench().eventually('the die event', () => actions().includes('die'));
    expect(actions()).toEqual(['start', 'die']);
    expect(theirs).toEqual([]);
    end.abort();
    await Promise.all(watches);
  });

  test('a pause keeps the tasks of a node, and others off it', async () => {
    const { engine } = bench().subject;
    const serviceId = await bench().start(PROGRAMS.endsOnTerm);
    await bench().running(serviceId);
    const [before] = await engine.listNodes();
    if (before === undefined) throw new Error('there is no node');
    await engine.setAvailability(before, 'pause');
    try {
      const later = await bench().start(PROGRAMS.true);
      const waiting = await bench().taskThat(later, 'to wait', ({ error }) => !!error);
      expect(waiting.error).toBe('no suitable node (1 node not available for new tasks)');
      expect((await bench().task(serviceId))?.state).toBe('running');
      const [paused] = await engine.listNodes();
      expect(paused).toMatchObject({ id: before.id, hostname: before.hostname });
      expect(paused).toMatchObject({ availability: 'pause', state: 'ready' });
      await expect(engine.setAvailability(before, 'drain')).rejects.toMatchObject({
        code: 'Unavailable',
      });
      await engine.removeService(serviceId);
      if (paused !== undefined) await engine.setAvailability(paused, 'active');
      expect(await bench().outcome(later)).toMatchObject({ kind: 'ended', exitStatus: 0 });
    } finally {
      await bench().subject.setAvailability(before.id, 'active');
    }
  });

  test('a drain stops a task, whatever its exit code, and keeps others off the node', async () => {
    const { engine } = bench().subject;
    const { nodeId } = await engine.info();
    const serviceId = await bench().start(PROGRAMS.endsOnTerm);
    await bench().running(serviceId);
    await bench().subject.setAvailability(nodeId, 'drain');
    try {
      const evidence = await bench().outcome(serviceId);
      expect(evidence).toMatchObject({ kind: 'lost', reason: 'TaskStopped' });
      const stopped = await bench().task(serviceId);
      expect(stopped).toMatchObject({ state: 'shutdown', desiredState: 'shutdown', exitCode: 0 });
      expect(await engine.listNodes()).toMatchObject([{ availability: 'drain', state: 'ready' }]);
      const later = await bench().start(PROGRAMS.true);
      const waiting = await bench().taskThat(later, 'to wait', ({ error }) => !!error);
      expect(waiting.error).toBe('no suitable node (1 node not available for new tasks)');
      await bench().subject.setAvailability(nodeId, 'active');
      expect(await bench().outcome(later)).toMatchObject({ kind: 'ended', exitStatus: 0 });
    } finally {
      await bench().subject.setAvailability(nodeId, 'active');
    }
  });

  test('a swarm that was left and made anew has another id, other nodes, and nothing of before', async () => {
    const { engine } = bench().subject;
    const serviceId = await bench().start(PROGRAMS.endsOnTerm);
    const { id } = await bench().running(serviceId);
    const before = await engine.info();
    await bench().subject.renew();
    const after = await engine.info();
    expect(after).toMatchObject({ manager: true, swarmState: 'active' });
    expect(after.clusterId).toMatch(/^[0-9a-z]{25}$/);
    expect(after.clusterId).not.toBe(before.clusterId);
    expect(after.nodeId).not.toBe(before.nodeId);
    expect(await engine.listTasks()).toEqual([]);
    expect(await engine.listServices()).toEqual([]);
    expect(await engine.findTask(id)).toBeUndefined();
    expect(await engine.findService(serviceId)).toBeUndefined();
    expect(await engine.listNodes()).toMatchObject([{ id: after.nodeId }]);
    const { evidence } = await bench().run(PROGRAMS.true);
    expect(evidence).toMatchObject({ kind: 'ended', exitStatus: 0 });
  });
}
