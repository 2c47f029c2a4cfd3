import { setImmediate } from 'node:timers/promises';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { Bell } from '../clock/bell.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import type { ObservedTask } from '../swarm/index.ts';
import { tendNodes } from './tend-nodes.ts';
import { Broken, NodeWorld } from './testing/node-world.ts';

const STORE = '01STORE';
const running: ObservedTask = {
  ...{ id: 't', serviceId: 's', labels: { 'swarmer.store': STORE }, version: 1, attached: false },
  ...{ nodeId: 'n1', state: 'running', desiredState: 'running', createdAt: 0, updatedAt: 0 },
};
const drain = { node: 'n1', wish: 'drain', at: 1 } as const;

let clock: FakeClock;
let world: NodeWorld;

beforeEach(() => {
  clock = new FakeClock();
  world = new NodeWorld();
});

/** A leader that tends the nodes until it is stopped. */
function lead() {
  const stop = new AbortController();
  const { signal } = stop;
  const term = { fence: { token: 1 }, signal, mayAct: () => !signal.aborted, end: () => {} };
  const bell = new Bell();
  const over = tendNodes({
    bell,
    ...{ engine: world.engine, store: world.store, term, clock, maxConcurrentTasks: 12 },
    activeByNode: () => new Map([['n1', world.tasks.length]]),
    owner: { instance: 'default', storeId: STORE },
    log: pino({ level: 'silent' }),
  });
  return {
    bell,
    async stop() {
      stop.abort();
      await over;
    },
  };
}

/** Lets seconds pass. */
async function pass(seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    clock.advance(1000);
    for (let turn = 0; turn < 4; turn++) await setImmediate();
  }
}

describe('a node that is to be drained', () => {
  it('is paused, left alone while attempts are on it, then drained, and the wish is over', async () => {
    world.tasks = [running];
    world.wish = drain;
    const leader = lead();
    await pass(20);
    expect(world.changes).toEqual([['pause', 1]]);
    expect(world.report?.nodes).toMatchObject([{ availability: 'pause', active: 1 }]);
    world.tasks = [];
    await pass(3);
    expect(world.changes).toEqual([
      ['pause', 1],
      ['drain', 0],
    ]);
    expect([world.wish, world.report?.nodes[0]?.availability]).toEqual([undefined, 'drain']);
    await leader.stop();
  });

  it('is active again when that is wanted meanwhile', async () => {
    world.tasks = [running];
    world.wish = drain;
    const leader = lead();
    await pass(3);
    world.wish = { ...drain, wish: 'active', at: 2 };
    await pass(3);
    expect(world.changes.map(([to]) => to)).toEqual(['pause', 'active']);
    expect(world.wish).toBeUndefined();
    await leader.stop();
  });

  it('keeps a wish that came while the one before it was fulfilled', async () => {
    world.wish = { ...drain, wish: 'active' };
    world.onCall = (moment) => {
      if (moment === 'before endNodeWish') world.wish = drain;
    };
    const leader = lead();
    await pass(1);
    world.onCall = () => {};
    await pass(6);
    expect(world.node.availability).toBe('drain');
    await leader.stop();
  });
});

describe('whenever a leader dies, or a call fails, in a drain', () => {
  const calls = ['nodeWishes', 'listNodes', 'listTasks', 'setAvailability', 'publishCluster'];
  const moments = [...calls, 'endNodeWish'].flatMap((call) => [`before ${call}`, `after ${call}`]);
  const times = [1, 2, 3, 4];
  const cases = moments.flatMap((moment) => times.map((time) => [moment, time] as const));

  it.each(cases)('%s, time %d: no attempt is stopped, and it ends', async (moment, time) => {
    world.tasks = [running];
    world.wish = drain;
    let seen = 0;
    let died = false;
    world.onCall = (at) => {
      if (at !== moment || ++seen !== time) return;
      died = true;
      throw new Broken(at);
    };
    let leader = lead();
    const dies = async () => {
      if (!died) return;
      died = false;
      await leader.stop();
      leader = lead();
    };
    for (let second = 0; second < 16; second++) {
      if (second === 8) world.tasks = [];
      await pass(1);
      await dies();
    }
    await pass(4);
    await leader.stop();
    expect(world.changes.filter(([to]) => to === 'drain')).toEqual([['drain', 0]]);
    expect([world.wish, world.report?.nodes[0]?.availability]).toEqual([undefined, 'drain']);
  });
});

it('publishes every five seconds while nothing is wanted', async () => {
  let published = 0;
  world.onCall = (moment) => {
    if (moment === 'after publishCluster') published++;
  };
  const leader = lead();
  await pass(21);
  expect(published).toBe(5);
  await leader.stop();
});

it('looks at once when it is told that something is wanted', async () => {
  const leader = lead();
  await pass(1);
  world.wish = { ...drain, wish: 'active' };
  leader.bell.ring();
  for (let turn = 0; turn < 4; turn++) await setImmediate();
  expect(world.wish).toBeUndefined();
  await leader.stop();
});
