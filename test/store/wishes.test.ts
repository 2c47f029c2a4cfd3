import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type JobEnding, msToDeadline } from '../../internal/apis/index.ts';
import { plan } from '../../internal/planner/index.ts';
import { cancelledOf, codeOf, finalOf, first, SPEC, type TestStore, useStore } from './harness.ts';

const newStore = useStore();
const CALLBACK = { ...SPEC, callback: { url: 'http://receiver/done' } };
const CANCELLED: JobEnding = { phase: 'Cancelled', reason: 'CancelRequested', message: 'by bob' };

/** A job of these tasks, its leader, and readings of both. */
async function submitted(names = ['a', 'b'], spec = SPEC) {
  const store = newStore();
  const uid = await store.submit(names, spec);
  const fence = await store.lead();
  const job = async () => {
    const found = await store.jobs.getJob(uid);
    if (found === undefined) throw new Error('the job is gone');
    return found;
  };
  return { store, uid, fence, job };
}

/** A job that has come to its end with its only task. */
async function finished() {
  const bench = await submitted(['a']);
  const { store, uid, fence } = bench;
  const task = first(await store.claim(fence, uid, 1));
  await store.settle(fence, uid, task, finalOf(task.record));
  await store.controller.completeJob(fence, uid, 1000);
  return bench;
}

/** The jobs that a controller hears of, one for each change. */
async function heardOf(store: TestStore): Promise<(string | undefined)[]> {
  const entries = await store.redis.xrange(store.keys.changes, '-', '+');
  return entries.map(([, fields]) => fields[1]);
}

describe('a wish of a user', () => {
  test('to cancel is kept in the spec and told to the controller', async () => {
    const { store, uid, job } = await submitted();
    await store.jobs.cancelJob(uid);
    expect(await job()).toMatchObject({ spec: { cancel: true }, status: { phase: 'Running' } });
    expect(await heardOf(store)).toEqual([uid, uid]);
  });

  test('to suspend holds back what is not claimed yet, and to resume lets it go on', async () => {
    const { store, uid, fence, job } = await submitted();
    const a = first(await store.claim(fence, uid, 1));
    await store.jobs.suspendJob(uid, true);
    expect((await job()).spec.suspend).toBe(true);
    expect(await store.claim(fence, uid, 1)).toEqual([]);
    expect(await store.controller.isCurrent(uid, a.index, 1)).toBe(true);
    expect(await store.slots()).toBe(1);
    await store.jobs.suspendJob(uid, false);
    expect((await job()).spec).toEqual(SPEC);
    expect(await store.claim(fence, uid, 1)).toMatchObject([{ index: 1 }]);
  });

  test('to be suspended can come with the submission', async () => {
    const { store, uid, fence, job } = await submitted(['a'], { ...SPEC, suspend: true });
    expect((await job()).spec).toEqual({ ...SPEC, suspend: true });
    expect(await store.claim(fence, uid, 1)).toEqual([]);
    await store.jobs.suspendJob(uid, false);
    expect(await store.claim(fence, uid, 1)).toHaveLength(1);
  });

  test('comes too late for a finished job, and is refused for an unknown one', async () => {
    const { store, uid, job } = await finished();
    const before = await job();
    expect(await codeOf(store.jobs.cancelJob(uid))).toBe('Finished');
    expect(await codeOf(store.jobs.suspendJob(uid, true))).toBe('Finished');
    expect(await job()).toEqual(before);
    expect(await codeOf(store.jobs.cancelJob('nobody'))).toBe('NotFound');
    expect(await codeOf(store.jobs.suspendJob('nobody', true))).toBe('NotFound');
    expect(await store.jobs.getJob('nobody')).toBeUndefined();
  });
});

describe('the start of a job', () => {
  test('is stored once, whatever is said later', async () => {
    const { store, uid, fence, job } = await submitted();
    await store.controller.startJob(fence, uid, 1000);
    await store.controller.startJob(fence, uid, 2000);
    expect((await job()).status.startTime).toBe(1000);
  });

  test('is not stored by one who no longer leads, nor for a finished job', async () => {
    const { store, uid, fence, job } = await submitted();
    const leader = await store.lead('other');
    expect(await codeOf(store.controller.startJob(fence, uid, 1000))).toBe('Fenced');
    expect((await job()).status).not.toHaveProperty('startTime');
    const done = await finished();
    expect(await codeOf(done.store.controller.startJob(done.fence, done.uid, 1))).toBe('Finished');
    expect((await done.job()).status).not.toHaveProperty('startTime');
    expect(await codeOf(store.controller.startJob(leader, 'nobody', 1))).toBe('Finished');
    expect(await store.jobs.getJob('nobody')).toBeUndefined();
  });
});

describe('the clock of a deadline', () => {
  const LIMIT_S = 60;
  const HELD = { ...SPEC, activeDeadlineSeconds: LIMIT_S, suspend: true };
  const GOING = { ...SPEC, activeDeadlineSeconds: LIMIT_S };

  test('stands from when a job is suspended, and goes on when it is resumed', async () => {
    const { store, uid, fence, job } = await submitted(['a'], GOING);
    const { clock, controller, jobs } = store;
    const start = clock.now();
    await controller.startJob(fence, uid, start);
    clock.advance(1000);
    await jobs.suspendJob(uid, true);
    expect((await job()).status).toMatchObject({ startTime: start, suspendedAt: start + 1000 });
    clock.advance(500);
    await jobs.suspendJob(uid, true);
    expect((await job()).status.suspendedAt).toBe(start + 1000);
    clock.advance(3500);
    await jobs.suspendJob(uid, false);
    await jobs.suspendJob(uid, false);
    expect((await job()).status).toMatchObject({ startTime: start, suspendedMs: 4000 });
    expect((await job()).status).not.toHaveProperty('suspendedAt');
  });

  test('does not begin while a job is suspended, whoever takes it up', async () => {
    const { store, uid, fence, job } = await submitted(['a'], HELD);
    const { clock, controller, jobs } = store;
    expect((await job()).status.suspendedAt).toBe(clock.now());
    clock.advance(9000);
    // A controller that read the job before it was suspended.
    await controller.startJob(fence, uid, clock.now());
    expect((await job()).status).not.toHaveProperty('startTime');
    await jobs.suspendJob(uid, false);
    expect((await job()).status).not.toHaveProperty('suspendedMs');
    await controller.startJob(fence, uid, clock.now());
    expect((await job()).status).toMatchObject({ startTime: clock.now() });
  });

  test('stands by an apply that suspends too', async () => {
    const { store, uid, fence, job } = await submitted(['a'], GOING);
    const { clock, controller, jobs } = store;
    await controller.startJob(fence, uid, clock.now());
    const apply = async (edits: number, suspend: boolean) => {
      const meta = { namespace: 'default', name: uid.toLowerCase() };
      const applied = { spec: {}, tasks: 0 };
      await jobs.applyJob(uid, { edits, spec: GOING, meta, applied, tasks: [], suspend });
    };
    await apply(0, true);
    expect((await job()).status.suspendedAt).toBe(clock.now());
    clock.advance(7000);
    await apply(1, false);
    expect((await job()).status.suspendedMs).toBe(7000);
  });

  test('counts anew for a job that a version suspended which noted no time', async () => {
    const { store, uid, fence, job } = await submitted(['a'], GOING);
    await store.controller.startJob(fence, uid, store.clock.now());
    await store.redis.hset(store.keys.job(uid).job, 'suspend', '1');
    store.clock.advance(3_600_000);
    await store.jobs.suspendJob(uid, false);
    expect((await job()).status).not.toHaveProperty('startTime');
    expect((await job()).status).not.toHaveProperty('suspendedMs');
  });

  test('counts what passes while the job is not suspended, whatever is asked for when', async () => {
    const step = fc.oneof(
      fc.constantFrom('suspend', 'resume', 'plan' as const),
      fc.integer({ min: 1, max: 30_000 }),
    );
    const script = fc.tuple(fc.boolean(), fc.array(step, { maxLength: 12 }));
    await fc.assert(
      fc.asyncProperty(script, async ([suspended, steps]) => {
        const { store, uid, fence, job } = await submitted(['a'], suspended ? HELD : GOING);
        const { clock, controller, jobs } = store;
        const [attempts, busy] = [[], new Set<number>()];
        let [stands, begun, used] = [suspended, false, 0];
        for (const now of steps) {
          if (typeof now === 'number') {
            clock.advance(now);
            if (begun && !stands) used += now;
          } else if (now === 'plan') {
            const view = { now: clock.now(), job: await job(), attempts, busy };
            const types = plan({ ...view, runnable: 1, slots: 1 }).map(({ type }) => type);
            expect(types.includes('EndJob')).toBe(used >= LIMIT_S * 1000);
            expect(types.includes('StartJob')).toBe(!begun && !stands);
            if (types.includes('StartJob')) await controller.startJob(fence, uid, clock.now());
            begun ||= types.includes('StartJob');
          } else {
            stands = now === 'suspend';
            await jobs.suspendJob(uid, stands);
          }
          const { status } = await job();
          const left = msToDeadline(LIMIT_S, status, clock.now());
          expect(left).toBe(begun ? Math.max(0, LIMIT_S * 1000 - used) : undefined);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the image of a job', () => {
  const [one, two] = ['a:1@sha256:1', 'a:1@sha256:2'] as const;

  test('has the digest that was stored first, and says so once', async () => {
    const { store, uid, fence, job } = await submitted();
    expect((await job()).status).not.toHaveProperty('image');
    expect(await store.controller.pinImage(fence, uid, one)).toBe(one);
    expect(await store.controller.pinImage(fence, uid, two)).toBe(one);
    expect((await job()).status.image).toEqual({ reference: one, pinned: true });
    const events = await store.jobs.readEvents(uid, '', 100);
    const told = events.filter(({ type }) => type === 'ImageResolved');
    expect(told).toMatchObject([{ message: one }]);
  });

  test('is its tag once that was noted, and the digest all the same when that comes later', async () => {
    const { store, uid, fence, job } = await submitted();
    await store.controller.noteByTag(fence, uid, 'no answer');
    await store.controller.noteByTag(fence, uid, 'no answer, again');
    const { spec, status } = await job();
    expect(status.image).toEqual({ reference: spec.image, pinned: false });
    const events = await store.jobs.readEvents(uid, '', 100);
    const told = events.filter(({ type }) => type === 'ImageByTag');
    expect(told).toMatchObject([{ message: 'no answer' }]);
    await store.controller.pinImage(fence, uid, one);
    expect((await job()).status.image).toEqual({ reference: one, pinned: true });
  });

  test('is not stored by one who no longer leads', async () => {
    const { store, uid, fence, job } = await submitted();
    await store.lead('other');
    expect(await codeOf(store.controller.pinImage(fence, uid, one))).toBe('Fenced');
    expect(await codeOf(store.controller.noteByTag(fence, uid, 'why'))).toBe('Fenced');
    expect((await job()).status).not.toHaveProperty('image');
  });
});

describe('the decision to end a job', () => {
  const late: JobEnding = { phase: 'Failed', reason: 'DeadlineExceeded', message: 'too slow' };

  test('stands as it was made first, and no further task is claimed', async () => {
    const { store, uid, fence, job } = await submitted();
    await store.controller.endJob(fence, uid, CANCELLED);
    await store.controller.endJob(fence, uid, late);
    expect((await job()).status).toMatchObject({ phase: 'Running', ending: CANCELLED });
    expect(await store.claim(fence, uid, 2)).toEqual([]);
  });

  test('can come with the last result of a task, after which it stands', async () => {
    const { store, uid, fence, job } = await submitted();
    const task = first(await store.claim(fence, uid, 1));
    await store.settle(fence, uid, task, { ...finalOf(task.record, false), ends: late });
    await store.controller.endJob(fence, uid, CANCELLED);
    expect((await job()).status.ending).toEqual(late);
    expect(await store.claim(fence, uid, 1)).toEqual([]);
  });

  test('is refused to one who no longer leads', async () => {
    const { store, uid, fence, job } = await submitted();
    await store.lead('other');
    expect(await codeOf(store.controller.endJob(fence, uid, CANCELLED))).toBe('Fenced');
    expect((await job()).status).not.toHaveProperty('ending');
  });
});

describe('completing a job that is ending', () => {
  test('waits for its current attempts, and not for tasks that were never started', async () => {
    const { store, uid, fence, job } = await submitted(['a', 'b', 'c'], CALLBACK);
    const task = first(await store.claim(fence, uid, 1));
    await store.controller.endJob(fence, uid, CANCELLED);
    expect(await store.controller.completeJob(fence, uid, 2000)).toBe(false);
    expect((await job()).status.phase).toBe('Running');
    await store.settle(fence, uid, task, cancelledOf(task.record));
    expect((await job()).status.counts).toMatchObject({ pending: 2, cancelled: 1, failed: 0 });
    expect(await store.controller.completeJob(fence, uid, 2000)).toBe(true);
    expect((await job()).status).toMatchObject({
      phase: 'Cancelled',
      finishedAt: 2000,
      counts: { total: 3, pending: 0, active: 0, succeeded: 0, failed: 0, cancelled: 3 },
      conditions: [{ type: 'Cancelled', reason: 'CancelRequested', message: 'by bob' }],
    });
    expect(await store.controller.activeJobs()).toEqual([]);
    expect(await store.slots()).toBe(0);
    expect(await store.outbox.dueCallbacks(2000, 10)).toMatchObject([{ jobUid: uid }]);
  });

  test('takes the phase of the ending, not that of the counts', async () => {
    const ending: JobEnding = { phase: 'Complete', reason: 'SuccessPolicy', message: 'enough' };
    const { store, uid, fence, job } = await submitted(['a', 'b']);
    const task = first(await store.claim(fence, uid, 1));
    await store.settle(fence, uid, task, finalOf(task.record, false));
    await store.controller.endJob(fence, uid, ending);
    await store.controller.completeJob(fence, uid, 2000);
    expect((await job()).status).toMatchObject({
      phase: 'Complete',
      counts: { failed: 1, cancelled: 1 },
      conditions: [{ type: 'Complete', reason: 'SuccessPolicy', message: 'enough' }],
    });
  });

  test('ends one that has no tasks at all', async () => {
    const { store, uid, fence, job } = await submitted([]);
    await store.controller.endJob(fence, uid, CANCELLED);
    expect(await store.controller.completeJob(fence, uid, 2000)).toBe(true);
    expect((await job()).status.phase).toBe('Cancelled');
  });
});
