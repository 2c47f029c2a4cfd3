import { expect, test } from 'vitest';
import { finalOf, first, SPEC, type TestStore, tasksOf, useStore } from './harness.ts';

const newStore = useStore();

/** How often each Redis command ran during some work, those of scripts included. */
async function callsDuring(store: TestStore, work: () => Promise<unknown>) {
  await store.redis.config('RESETSTAT');
  await work();
  const stats = await store.redis.info('commandstats');
  return stats.split(/\r?\n/).flatMap((line) => {
    const [, name = '', calls = ''] = /^cmdstat_(\S+?):calls=(\d+)/.exec(line) ?? [];
    return name === '' || /^(config|info)/.test(name) ? [] : [`${name} ${calls}`];
  });
}

/** The commands of each transition on a job of this size, and of what one reconcile reads. */
async function costs(size: number) {
  const store = newStore();
  const uid = await store.submit(
    Array.from({ length: size }, (_, i) => `t${i}`),
    SPEC,
    `cost${size}`,
  );
  const fence = await store.lead();
  const claimed = await store.claim(fence, uid, 3);
  const [one, two, three] = claimed;
  if (!one || !two || !three) throw new Error('three tasks were to be claimed');
  const next = { attempt: 2, losses: 0, failures: 1 };
  const now = store.clock.now();
  return {
    claim: await callsDuring(store, () => store.claim(fence, uid, 2)),
    final: await callsDuring(store, () => store.settle(fence, uid, one, finalOf(one.record))),
    replace: await callsDuring(store, () =>
      store.settle(fence, uid, two, { kind: 'replace', next }),
    ),
    retry: await callsDuring(store, () =>
      store.settle(fence, uid, three, { kind: 'retry', next, notBefore: now }),
    ),
    claimAgain: await callsDuring(store, () => store.claim(fence, uid, 1)),
    addTasks: await callsDuring(store, () => store.jobs.addTasks(uid, tasksOf(['x', 'y']))),
    report: await callsDuring(store, () => store.report(uid, 1, 2, 't1')),
    complete: await callsDuring(store, () => store.controller.completeJob(fence, uid, now)),
    loadJob: await callsDuring(store, () => store.controller.loadJob(uid, now)),
    getJob: await callsDuring(store, () => store.jobs.getJob(uid)),
  };
}

test('every transition runs the same commands on a job of 100,000 tasks as on one of 10', async () => {
  const small = await costs(10);
  expect(first(small.claim)).toBeDefined();
  expect(await costs(100_000)).toEqual(small);
});
