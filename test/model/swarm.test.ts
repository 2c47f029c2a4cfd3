import { beforeEach, describe, expect, it } from 'vitest';
import type { ModelEvent } from './raw.ts';
import { HOUR_MS, TestWorld } from './test-world.ts';

let world: TestWorld;
beforeEach(() => {
  world = new TestWorld();
});

describe('a task of the model', () => {
  it('goes through its states in time', () => {
    const id = world.create({ startMs: 400, runMs: 1000 }, 'n1');
    const seen: string[] = [];
    for (let ms = 0; ms < 2000; ms++) {
      world.clock.advance(1);
      const state = world.find(id)?.Status.State;
      if (state !== undefined && state !== seen.at(-1)) seen.push(state);
    }
    expect(seen).toEqual([
      ...['new', 'pending', 'assigned', 'accepted', 'preparing'],
      ...['ready', 'starting', 'running', 'complete'],
    ]);
  });

  it('that is not scheduled yet has no node, and gets one when one can be used', () => {
    world.swarm.drainNode('n2');
    const id = world.create({ runMs: HOUR_MS }, 'n2');
    world.clock.advance(1000);
    expect(world.task(id).Status.Err).toMatch(/1 node not available for new tasks/);
    world.swarm.activateNode('n2');
    world.clock.advance(1000);
    expect(world.word(id)).toBe('running, wanted running');
  });

  it('may never find a node', () => {
    const id = world.create({ never: 'pending' });
    world.clock.advance(24 * HOUR_MS);
    expect(world.task(id).Status.Err).toBe('no suitable node (insufficient resources on 3 nodes)');
  });

  it('is the same for the same random numbers', () => {
    const play = () => {
      const played = new TestWorld({ seed: 7 });
      for (let n = 0; n < 10; n++) played.create({ runMs: 100 * n });
      played.swarm.loseManager(500);
      played.clock.advance(5000);
      return played.swarm.actual;
    };
    expect(play()).toEqual(play());
  });

  it('goes to the node that has the fewest', () => {
    for (let n = 0; n < 6; n++) world.start();
    const nodes = world.swarm.listTasks().map(({ NodeID }) => NodeID);
    const perNode = [...new Set(nodes)].map((id) => nodes.filter((it) => it === id).length);
    expect(perNode).toEqual([2, 2, 2]);
  });
});

describe('the events of the model', () => {
  it('are those of services everywhere, and of containers on the first node only', () => {
    const events: ModelEvent[] = [];
    world.swarm.subscribe((event) => events.push(event));
    world.create({}, 'n1');
    const elsewhere = world.create({}, 'n2');
    world.clock.advance(1000);
    world.swarm.removeService(elsewhere);
    expect(events.map(({ Type, Action }) => `${Type} ${Action}`)).toEqual([
      ...['service create', 'service create'],
      ...['container start', 'container die', 'service remove'],
    ]);
  });
});
