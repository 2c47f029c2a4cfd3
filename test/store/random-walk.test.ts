import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AttemptRecord } from '../../internal/apis/index.ts';
import type { ClaimedTask, Fence } from '../../internal/store/index.ts';
import { SUCCEEDED, type TestStore, useStore } from './harness.ts';

const newStore = useStore();

type Step =
  | { kind: 'add'; count: number }
  | { kind: 'claim'; limit: number; maxConcurrent: number }
  | { kind: 'pass'; ms: number }
  | { kind: 'report' | 'succeed' | 'fail' | 'retry' | 'replace' | 'complete'; pick: number };

const pick = fc.nat(20);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), count: fc.integer({ min: 0, max: 4 }) }),
  fc.record({
    kind: fc.constant('claim' as const),
    limit: fc.integer({ min: 0, max: 4 }),
    maxConcurrent: fc.integer({ min: 1, max: 6 }),
  }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 200 }) }),
  ...(['report', 'succeed', 'fail', 'retry', 'replace', 'complete'] as const).map((kind) =>
    fc.record({ kind: fc.constant(kind), pick }),
  ),
);

/** Takes one step on a job; a step that the store refuses is one that changes nothing. */
async function take(store: TestStore, fence: Fence, uid: string, step: Step, number: number) {
  switch (step.kind) {
    case 'add': {
      const task = (i: number) => ({ name: `t${number}-${i}`, args: [] });
      return store.jobs.addTasks(
        uid,
        Array.from({ length: step.count }, (_, i) => task(i)),
      );
    }
    case 'claim':
      return store.claim(fence, uid, step.limit, step.maxConcurrent);
    case 'pass':
      return store.clock.advance(step.ms);
    case 'complete':
      return store.controller.completeJob(fence, uid, store.clock.now());
    default:
      return actOnAttempt(store, fence, uid, step);
  }
}

async function actOnAttempt(
  store: TestStore,
  fence: Fence,
  uid: string,
  { kind, pick }: { kind: string; pick: number },
) {
  const attempts = (await store.controller.loadJob(uid, store.clock.now()))?.attempts ?? [];
  const task = attempts[pick % Math.max(1, attempts.length)];
  if (task === undefined) return;
  const { index, record } = task;
  if (kind === 'report') {
    const { name } = await store.controller.readTask(uid, index);
    return store.report(uid, index, record.attempt, name);
  }
  await store.settle(fence, uid, task, settlementOf(kind, task, store.clock.now()));
}

function settlementOf(kind: string, { record }: ClaimedTask, now: number) {
  const next: AttemptRecord = { attempt: record.attempt + 1, losses: 0, failures: 0 };
  if (kind === 'retry') return { kind, next, notBefore: now + 100 } as const;
  if (kind === 'replace') return { kind, next } as const;
  const succeeded = kind === 'succeed';
  const verdict = succeeded ? SUCCEEDED : { ...SUCCEEDED, outcome: 'Failed' as const };
  const output = { log: { state: 'complete' }, stdout: none, stderr: none } as const;
  const result = { verdict, output, attempts: record.attempt, losses: 0 };
  return { kind: 'final', succeeded, result } as const;
}
const none = { bytes: 0, truncated: false };

test('after any steps the counts equal the recount, and slots equal the current attempts', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const store = newStore();
      const uid = await store.submit(['a', 'b']);
      const fence = await store.lead();
      for (const [number, one] of steps.entries()) {
        await take(store, fence, uid, one, number).catch((error: unknown) => {
          expect(error).toMatchObject({ code: expect.stringMatching(/Finished|ReportConflict/) });
        });
        const job = await store.jobs.getJob(uid);
        const recount = await store.recount(uid);
        expect(job?.status.counts).toEqual(recount);
        expect(await store.slots()).toBe(recount.active);
        const done = recount.pending + recount.active === 0;
        if (job?.status.phase !== 'Running') expect(done).toBe(true);
      }
    }),
    { numRuns: 25 },
  );
});
