import { expect, it } from 'vitest';
import { FakeClock } from '../clock/fake-clock.ts';
import { Reconciler } from './reconciler.ts';
import { Slots } from './slots.ts';

type Options = ConstructorParameters<typeof Reconciler>[0];

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
