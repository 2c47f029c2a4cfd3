import { afterEach, beforeEach, expect, test } from 'vitest';
import { untilAborted } from '../../internal/clock/until-aborted.ts';
import { Controller } from '../../internal/controller/index.ts';
import { Policy } from '../../internal/policy/index.ts';
import { connectRedis, openChanges, openStores } from '../../internal/store/index.ts';
import type { Engine, ObservedNode } from '../../internal/swarm/index.ts';
import { cronSpec } from '../cron/course.ts';
import { RunningJobs } from '../cron/running-jobs.ts';
import { SPEC, silent, type TestStore, useStore } from './harness.ts';

const newStore = useStore();
const node: ObservedNode = {
  ...{ id: 'n1', hostname: 'one', state: 'ready', availability: 'active', version: 1 },
  updatedAt: 0,
};
const forever = (signal: AbortSignal) => untilAborted(new Promise<void>(() => {}), signal);

/** Waits in real time, which the controller's clock knows nothing of. */
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 });

let store: TestStore;
let networks: string[];
let set: ObservedNode['availability'][];
let end: () => Promise<void>;

/** A controller that leads and rests. Its clock stands: nothing is seen to because its time has come. */
beforeEach(async () => {
  store = newStore();
  networks = [];
  set = [];
  const reader = connectRedis({ kind: 'unix', path: store.redis.options.path ?? '' }, silent);
  await reader.connect();
  const stop = new AbortController();
  const controller = new Controller({
    ...{ store: store.controller, lease: store.lease, wishes: store.jobs, clock: store.clock },
    crons: openStores(store.redis, store.clock, store.prefix).crons,
    changes: openChanges(reader, store.prefix),
    logs: { wantedLogs: async () => [] } as never,
    engine: {
      ...{ listTasks: async () => [], listServices: async () => [], listNodes: async () => [node] },
      listNames: async () => ({ networks }),
      setAvailability: async (_, to) => {
        set.push(to);
      },
      watch: (_, signal) => forever(signal),
    } satisfies Partial<Engine> as Partial<Engine> as Engine,
    images: { credentialNames: async () => [] } as never,
    callbacks: { run: (signal) => forever(signal), wake: () => {} },
    policy: new Policy(),
    ...{ log: silent, holder: 'me', instance: 'default', maxConcurrentTasks: 9 },
  });
  const running = controller.run(stop.signal);
  end = async () => {
    stop.abort();
    await running;
    reader.disconnect();
  };
  // The inventory takes the most round trips: whatever else is looked at has been by then.
  await eventually(() => store.redis.exists(store.keys.inventory, store.keys.cluster)).toBe(2);
});

afterEach(() => end());

const isThere = async (uid: string) => (await store.jobs.getJob(uid)) !== undefined;

test('a cron job is planned as soon as it is written', async () => {
  const uid = await new RunningJobs(store, () => 0).add('one', cronSpec({ schedule: '@daily' }));
  await eventually(() => store.redis.zscore(store.keys.cronsDue, uid)).not.toBe('0');
});

test('a drain begins as soon as it is wanted', async () => {
  const { operator } = openStores(store.redis, store.clock, store.prefix);
  await operator.wishNode({ node: 'n1', wish: 'drain', at: 1 });
  await eventually(() => set).toEqual(['pause']);
});

test('a job that runs and is deleted is gone as soon as it has ended', async () => {
  const uid = await store.submit(['a'], { ...SPEC, suspend: true });
  await store.jobs.deleteJob(uid);
  await eventually(() => isThere(uid)).toBe(false);
});

test('a finished job that is deleted is gone at once', async () => {
  const uid = await store.submit(['a'], { ...SPEC, suspend: true });
  await store.jobs.cancelJob(uid);
  await eventually(async () => (await store.jobs.getJob(uid))?.status.phase).toBe('Cancelled');
  await store.jobs.deleteJob(uid);
  await eventually(() => isThere(uid)).toBe(false);
});

test('who asks what the swarm has is answered once those who ask with it have gathered', async () => {
  const { operator } = openStores(store.redis, store.clock, store.prefix);
  networks = ['made just now'];
  await operator.askInventory();
  const names = async () => {
    // Far below the time between looks that nobody asks for.
    store.clock.advance(10);
    return (await operator.inventory()).inventory?.names;
  };
  await eventually(names).toEqual({ networks });
});
