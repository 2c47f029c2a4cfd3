import { expect, it } from 'vitest';
import { FakeClock } from '../clock/fake-clock.ts';
import { Reconciler } from './reconciler.ts';
import { Slots } from './slots.ts';
import { Tracker } from './tracker.ts';

type Options = ConstructorParameters<typeof Reconciler>[0];

/** It shows nothing of anything. */
const EMPTY_LOOK = {
  evidence: () => ({ kind: 'unseen' }),
  isGone: () => false,
  isAway: () => false,
  remains: () => false,
};

const DEMAND = { active: 0, runnable: 5, parallelism: 5, priority: 0, namespace: 'default' };

it('has a job that gets a slot reconciled before those that wait', async () => {
  const slots = new Slots(1);
  slots.update('ended', { ...DEMAND, active: 1, runnable: 0 });
  slots.update('waiting', DEMAND);
  const told: string[] = [];
  // What is asked about a job that is gone.
  const options = {
    ...{ slots, clock: new FakeClock() },
    store: { loadJob: async () => undefined },
    executor: { busy: () => new Set() },
    observer: { current: {} },
    tracker: { forgetJob: () => {} },
    enqueue: (uid: string) => told.push(`later: ${uid}`),
    enqueueFirst: (uid: string) => told.push(`first: ${uid}`),
  } as unknown as Options;
  await new Reconciler(options).reconcile('ended');
  expect(told).toEqual(['first: waiting']);
});

// A list that is empty and untrue would tell of the end of a container that still runs.
it('knows the task of an attempt that an earlier leader has judged, before any look shows it', async () => {
  const tracker = new Tracker();
  const job = {
    metadata: { uid: 'J', namespace: 'default' },
    spec: {},
    status: { phase: 'Running', counts: { total: 1 } },
  };
  const verdict = { outcome: 'TimedOut', swarmTaskId: 'task' };
  const record = { attempt: 1, serviceId: 's1', verdict, removedAt: 5 };
  const options = {
    ...{ tracker, slots: new Slots(1), clock: new FakeClock() },
    store: { loadJob: async () => ({ job, attempts: [{ index: 0, record }], runnable: 0 }) },
    executor: { busy: () => new Set([0]) },
    swarm: { isOfEarlier: () => false },
    faultyNodes: { some: false },
    observer: {
      ...{ nextLook: 2, current: EMPTY_LOOK },
      hurry: () => {},
    },
  } as unknown as Options;
  await new Reconciler(options).reconcile('J');
  expect([...tracker.values()]).toMatchObject([{ taskId: 'task', removed: { from: 2 } }]);
});

it('looks no more for an attempt that was settled while its job was read', async () => {
  const tracker = new Tracker();
  const id = { jobUid: 'running', index: 0, attempt: 1 };
  const job = {
    metadata: { uid: id.jobUid, namespace: 'default' },
    spec: {},
    status: { phase: 'Running', counts: { total: 2 } },
  };
  const attempts = [{ index: 0, record: { attempt: 1, serviceId: 's1' } }];
  let hurries = 0;
  const reads = [
    async () => {
      tracker.settled(id, 2);
      return { job, attempts, runnable: 0 };
    },
    async () => ({ job, attempts: [], runnable: 0 }),
  ];
  const options = {
    ...{ tracker, slots: new Slots(1), clock: new FakeClock() },
    store: { loadJob: () => reads.shift()?.() },
    executor: { busy: () => new Set([0]) },
    swarm: { isOfEarlier: () => false },
    faultyNodes: { some: false },
    observer: {
      ...{ nextLook: 2, current: EMPTY_LOOK },
      hurry: () => hurries++,
    },
  } as unknown as Options;
  const reconciler = new Reconciler(options);
  await reconciler.reconcile(id.jobUid);
  expect([...tracker.ids()]).toEqual([id]);
  // Of what nobody has looked for yet, as after a change of leaders.
  expect(hurries).toBe(1);
  await reconciler.reconcile(id.jobUid);
  expect(tracker.size).toBe(0);
  expect(hurries).toBe(1);
});

it('counts the slot of an attempt that stood for its job and is over: it may be replaced there', async () => {
  const demands: object[] = [];
  const slots = new Slots(1);
  const update = slots.update.bind(slots);
  slots.update = (uid, demand) => {
    demands.push(demand);
    update(uid, demand);
  };
  const job = {
    metadata: { uid: 'J', namespace: 'default' },
    spec: {},
    status: { phase: 'Running', counts: { total: 1, pending: 0 } },
  };
  const record = { attempt: 1, serviceId: 's1', unplacedAt: 5 };
  const looks = [{ kind: 'waiting', stuck: true, message: 'no suitable node' }, { kind: 'absent' }];
  const options = {
    ...{ tracker: new Tracker(), slots, clock: new FakeClock() },
    store: { loadJob: async () => ({ job, attempts: [{ index: 0, record }], runnable: 0 }) },
    executor: { busy: () => new Set([0]) },
    swarm: { isOfEarlier: () => false },
    faultyNodes: { some: false },
    observer: {
      ...{ nextLook: 2, hurry: () => {}, askNodes: () => {} },
      current: {
        ...EMPTY_LOOK,
        takenAt: 0,
        evidence: () => looks[0],
        capacities: () => undefined,
        activeNodes: () => undefined,
      },
    },
  } as unknown as Options;
  const reconciler = new Reconciler(options);
  await reconciler.reconcile('J');
  looks.shift();
  await reconciler.reconcile('J');
  expect(demands).toMatchObject([
    { active: 0, standing: 1 },
    { active: 1, standing: 0 },
  ]);
});
