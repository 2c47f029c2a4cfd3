import { setImmediate } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serviceName } from '../apis/index.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import { type Engine, EngineError, type ObservedNode, type ObservedTask } from '../swarm/index.ts';
import { Observer } from './observer.ts';
import { Tracker } from './tracker.ts';

const owner = { instance: 'default', storeId: '01STORE' };
const id = { jobUid: 'J', index: 0, attempt: 1 };
const running: ObservedTask = {
  id: 'task',
  serviceId: 'service',
  labels: {
    'swarmer.store': owner.storeId,
    'swarmer.job': 'J',
    'swarmer.index': '0',
    'swarmer.attempt': '1',
  },
  state: 'running',
  desiredState: 'running',
  version: 20,
  attached: false,
  createdAt: 0,
  updatedAt: 0,
};

let clock: FakeClock;
let tracker: Tracker;
let observer: Observer;
let stop: AbortController;
let looks: number;
let news: string[];
/** What the next looks find, or how they fail. */
let list: () => Promise<ObservedTask[]>;
let services: string[];
/** What the engine says of them and of tasks when it is asked for one. */
let inspected: string[];
let tasks: ObservedTask[];
/** It does not answer then. */
let refused: boolean;
/** How often the nodes were listed, and what the lists say. */
let nodeLists: number;
let nodes: ObservedNode[];

beforeEach(() => {
  clock = new FakeClock();
  tracker = new Tracker();
  stop = new AbortController();
  looks = 0;
  news = [];
  list = async () => [running];
  services = ['service'];
  inspected = services;
  tasks = [];
  refused = false;
  nodeLists = 0;
  nodes = [];
  const engine = {
    listTasks: () => {
      looks++;
      return list();
    },
    listServices: async () => services.map((service) => ({ id: service, name: '', labels: {} })),
    findService: async (service: string) => {
      if (refused) throw new EngineError('Invalid', 'forbidden', { status: 403 });
      return inspected.includes(service)
        ? { id: service, name: '', labels: running.labels }
        : undefined;
    },
    findTask: async (task: string) => tasks.find(({ id }) => id === task),
    listNodes: async () => {
      nodeLists++;
      return nodes;
    },
  } as Partial<Engine> as Engine;
  const onNews = (_: unknown, { kind }: { kind: string }) => news.push(kind);
  observer = new Observer({
    engine,
    owner,
    tracker,
    swarm: { isKnown: true, check: async () => {} },
    clock,
    log: pino({ level: 'silent' }),
    onNews,
  });
});

afterEach(() => stop.abort());

/** Lets time pass in small steps, and what it sets off. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 10) {
    clock.advance(10);
    await setImmediate();
  }
}

async function watching(): Promise<void> {
  tracker.track(id, 'service', observer.nextLook);
  void observer.run(stop.signal);
  await setImmediate();
}

it('does not look while there is no attempt, and looks at once when there is one', async () => {
  void observer.run(stop.signal);
  await pass(4000);
  expect(looks).toBe(0);
  tracker.track(id, 'service', observer.nextLook);
  observer.hurry();
  await pass(10);
  expect(looks).toBe(1);
});

it('tells news once', async () => {
  await watching();
  await pass(2000);
  expect(news).toEqual(['running']);
});

it('looks often for a while after a hint, and less often after', async () => {
  await watching();
  await pass(3000);
  const quiet = looks;
  await pass(1000);
  expect(looks - quiet).toBeLessThanOrEqual(4);
  observer.hurry();
  const before = looks;
  await pass(1000);
  expect(looks - before).toBeGreaterThanOrEqual(10);
});

it('a look that fails changes nothing, and the next ones come ever later', async () => {
  await watching();
  list = () => Promise.reject(new Error('the engine is away'));
  services = [];
  await pass(60_000);
  expect(news).toEqual(['running']);
  expect(looks).toBeLessThan(30);
});

it('says that a service is gone only after a complete look that began after its creation', async () => {
  list = async () => [];
  services = [];
  inspected = [];
  void observer.run(stop.signal);
  tracker.track(id, undefined, observer.nextLook);
  observer.hurry();
  await pass(100);
  tracker.track(id, 'service', observer.nextLook + 1);
  await pass(80);
  expect(news).not.toContain('absent');
  await pass(2000);
  expect(news.at(-1)).toBe('absent');
});

// Regression: lists that were empty for 12 s cost 88 services and every task.
it('believes no list that is empty while the engine has the service', async () => {
  await watching();
  list = async () => [];
  services = [];
  inspected = ['service'];
  await pass(12_000);
  expect(news.filter((kind) => kind === 'absent')).toEqual([]);
  inspected = [];
  await pass(2000);
  expect(news.at(-1)).toBe('absent');
});

it('leaves unseen what the engine does not answer for, and sees the others', async () => {
  await watching();
  await pass(100);
  const other = { ...running.labels, 'swarmer.index': '1' };
  tracker.track({ ...id, index: 1 }, 'other', observer.nextLook);
  list = async () => [{ ...running, id: 'two', serviceId: 'other', labels: other }];
  services = ['other'];
  refused = true;
  news = [];
  await pass(3000);
  expect(news).toEqual(['unseen', 'running']);
});

describe('an attempt whose service was removed', () => {
  const entry = () => [...tracker.values()][0];
  const isGone = () => {
    const tracked = entry();
    return tracked !== undefined && observer.current.isGone(tracked);
  };
  const isAway = () => {
    const tracked = entry();
    return tracked !== undefined && observer.current.isAway(tracked);
  };
  const remove = () => tracker.noteRemoved(id, observer.nextLook, clock.monotonic());
  /** Removed by its name, as nobody knows whether its creation took effect. */
  const removedUnanswered = async () => {
    list = async () => [];
    services = [];
    inspected = [];
    void observer.run(stop.signal);
    tracker.track(id, undefined, observer.nextLook);
    tracker.noteUnanswered(id);
    observer.hurry();
    await pass(100);
    remove();
  };

  it('is gone once the engine says that there is no task of it, and not by a list', async () => {
    await watching();
    await pass(100);
    tasks = [running];
    list = async () => [];
    services = [];
    inspected = [];
    remove();
    await pass(2000);
    expect(isGone()).toBe(false);
    tasks = [];
    await pass(2000);
    expect(isGone()).toBe(true);
  });

  it('is not gone while its task is there, and gone with the end of that', async () => {
    await watching();
    await pass(100);
    list = async () => [{ ...running, desiredState: 'remove', nodeId: 'n' }];
    nodes = [node('ready')];
    remove();
    await pass(2000);
    expect(isGone()).toBe(false);
    list = async () => [{ ...running, state: 'shutdown', desiredState: 'remove', nodeId: 'n' }];
    await pass(2000);
    expect([isGone(), isAway()]).toEqual([true, false]);
    list = async () => [{ ...running, state: 'orphaned', desiredState: 'remove', nodeId: 'n' }];
    await pass(2000);
    expect([isGone(), isAway()]).toEqual([true, true]);
  });

  it('is gone with its node, or when that was not heard of for 30 s', async () => {
    await watching();
    list = async () => [{ ...running, desiredState: 'remove', nodeId: 'n' }];
    nodes = [node('unknown')];
    remove();
    await pass(29_000);
    expect([isGone(), isAway()]).toEqual([false, false]);
    await pass(3000);
    expect([isGone(), isAway()]).toEqual([true, true]);
    nodes = [node('ready')];
    await pass(2000);
    expect(isGone()).toBe(false);
    nodes = [node('down')];
    await pass(2000);
    expect(isGone()).toBe(true);
  });

  it('may run for its grace when its task was hidden while its service was there', async () => {
    list = async () => [];
    await watching();
    const tracked = entry();
    if (tracked !== undefined) tracked.graceMs = 5000;
    await pass(2000);
    services = [];
    inspected = [];
    remove();
    await pass(6500);
    expect(isGone()).toBe(false);
    await pass(2000);
    expect(isGone()).toBe(true);
  });

  it('may run for its grace when an earlier leader saw it run, and no look of this one has its task', async () => {
    list = async () => [];
    services = [];
    inspected = [];
    await watching();
    tracker.noteSeen(id, { attempt: 1, losses: 0, failures: 0, runningAt: 1 });
    const tracked = entry();
    if (tracked !== undefined) tracked.graceMs = 5000;
    remove();
    await pass(6500);
    expect(isGone()).toBe(false);
    await pass(2000);
    expect(isGone()).toBe(true);
  });

  it('is gone at once when no task of it was made in the moment that its service was there', async () => {
    list = async () => [];
    await watching();
    await pass(300);
    services = [];
    inspected = [];
    remove();
    await pass(500);
    expect(isGone()).toBe(true);
  });

  it('may appear for a while when its creation was not answered', async () => {
    await removedUnanswered();
    await pass(1500);
    expect(isGone()).toBe(false);
    await pass(2000);
    expect(isGone()).toBe(true);
  });

  // Regression: the removal by its name overtook its creation in the engine, and nobody removed it again.
  it.each(['its task is listed', 'it has no task yet'])(
    'remains when its creation takes effect after that, until it is removed again: %s',
    async (what) => {
      await removedUnanswered();
      const remains = () => {
        const tracked = entry();
        return tracked !== undefined && observer.current.remains(tracked);
      };
      await pass(500);
      expect(remains()).toBe(false);
      inspected = [serviceName(id)];
      if (what === 'its task is listed') list = async () => [running];
      await pass(2500);
      expect([remains(), isGone()]).toEqual([true, false]);
      remove();
      expect(remains()).toBe(false);
      inspected = [];
      list = async () => [];
      await pass(3000);
      expect([remains(), isGone()]).toEqual([false, true]);
    },
  );
});

function node(state: ObservedNode['state']): ObservedNode {
  const times = { version: 1, updatedAt: 0 };
  return { id: 'n', hostname: 'n', state, availability: 'active', ...times };
}

it('goes on soon after one look that took very long', async () => {
  await watching();
  await pass(2000);
  list = async () => {
    await clock.sleep(11_000);
    return [running];
  };
  await pass(12_000);
  list = async () => [{ ...running, state: 'complete', containerId: 'c', exitCode: 0 }];
  await pass(13_000);
  const before = looks;
  await pass(4000);
  expect(news).toEqual(['running', 'ended']);
  expect(looks).toBeGreaterThan(before);
});

it('looks again at once, and very often, from the end of a process until the swarm shows it', async () => {
  await watching();
  await pass(3000);
  const before = looks;
  observer.expectEnd(id);
  await pass(200);
  expect(looks - before).toBeGreaterThanOrEqual(8);
  list = async () => [{ ...running, state: 'complete', exitCode: 0, containerId: 'c' }];
  await pass(50);
  const shown = looks;
  await pass(1000);
  expect(looks - shown).toBeLessThanOrEqual(5);
});

it('does not look very often for ever when an end that was told does not show', async () => {
  await watching();
  observer.expectEnd(id);
  await pass(3000);
  const before = looks;
  await pass(1000);
  expect(looks - before).toBeLessThanOrEqual(5);
});

describe('the nodes', () => {
  const ended: ObservedTask = {
    ...{ ...running, state: 'complete', exitCode: 0, containerId: 'c', nodeId: 'n' },
    ...{ desiredState: 'shutdown', updatedAt: 100_000 },
  };
  const restarted: ObservedNode = {
    ...{ id: 'n', hostname: 'h', state: 'ready', availability: 'active' },
    ...{ version: ended.version - 1, updatedAt: ended.updatedAt + 100 },
  };

  // A job that asked and looked again after a time missed the one look that had them, and slept for ever.
  it('are told to who asked for them once they are in the last look', async () => {
    await watching();
    await pass(3000);
    nodes = [node('ready')];
    const seen: unknown[] = [];
    observer.askNodes(() => seen.push(observer.current.loads('J')));
    await pass(1000);
    expect(seen).toEqual([[{ id: 'n', tasks: 0 }]]);
  });

  it('are asked for the end of a task, which may be that of its engine', async () => {
    nodes = [restarted];
    list = async () => [ended];
    await watching();
    expect(news).toEqual(['lost']);
  });

  it('are not asked for the end of a task whose engine was there all the time', async () => {
    list = async () => [{ ...ended, witnessed: true }];
    await watching();
    expect(news).toEqual(['ended']);
    expect(nodeLists).toBe(0);
  });

  it('are asked for a task that was given up, whoever saw it run', async () => {
    nodes = [{ ...restarted, state: 'down' }];
    list = async () => [{ ...ended, state: 'running', witnessed: true }];
    await watching();
    expect(news).toEqual(['lost']);
  });

  it('are not asked for what is over, of which the look then says nothing', async () => {
    const other = { ...id, index: 1 };
    list = async () => [running, { ...ended, labels: { ...ended.labels, 'swarmer.index': '1' } }];
    await watching();
    expect(nodeLists).toBe(0);
    const met = tracker.track(other, 'service', observer.nextLook);
    expect(observer.current.evidence(met)).toEqual({ kind: 'unseen' });
    nodes = [restarted];
    await pass(500);
    expect(observer.current.evidence(met).kind).toBe('lost');
  });
});
