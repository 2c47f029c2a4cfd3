import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Quotas } from '../../internal/apis/index.ts';
import { StoreError } from '../../internal/store/index.ts';
import { codeOf, finalOf, first, SPEC, TestStore, tasksOf, useStore } from './harness.ts';

const newStore = useStore();
const NAMESPACE = 'team';
/** What a task of SPEC may leave. */
const TASK_BYTES = 2 * SPEC.outputLimitBytes;

function submit(
  store: TestStore,
  uid: string,
  tasks: string[],
  quotas: Quotas,
  namespace = NAMESPACE,
) {
  const meta = { namespace, name: uid.toLowerCase() };
  return store.jobs.submitJob({ uid, meta, spec: SPEC, tasks: tasksOf(tasks), quotas });
}

const quota = (limits: Quotas) => {
  return { namespace: NAMESPACE, limits, outputLimitBytes: SPEC.outputLimitBytes };
};

/** What the refusal tells. */
async function told(call: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StoreError) || error.code !== 'QuotaExceeded') {
    throw new Error(`no quota was exceeded: ${error}`);
  }
  return error.details;
}

describe('a quota', () => {
  test('lets a namespace have so many jobs, tasks and bytes of output, and tells what is too much', async () => {
    const store = newStore();
    const limits = { jobs: 2, tasks: 3, outputBytes: 3 * TASK_BYTES };
    await submit(store, 'A', ['a', 'b'], limits);
    await submit(store, 'B', ['a'], limits);
    expect(await told(submit(store, 'C', ['a'], limits))).toEqual([
      ...[NAMESPACE, 'jobs', '2', '1', '2', 'tasks', '3', '1', '3'],
      ...['outputBytes', `${3 * TASK_BYTES}`, `${TASK_BYTES}`, `${3 * TASK_BYTES}`],
    ]);
    expect(await store.jobs.getJob('C')).toBeUndefined();
    await submit(store, 'D', ['a'], limits, 'others');
  });

  test('of output counts what earlier attempts may leave, as far as tasks can be tried again', async () => {
    const store = newStore();
    const spec = { ...SPEC, backoffLimit: 2 };
    // The last 1024 bytes of both streams of two attempts that failed.
    const bytes = TASK_BYTES + 2 * TASK_BYTES;
    const submitted = (uid: string, names: string[], outputBytes: number) =>
      store.jobs.submitJob({
        uid,
        meta: { namespace: NAMESPACE, name: uid.toLowerCase() },
        spec,
        tasks: tasksOf(names),
        quotas: { outputBytes },
      });
    await submitted('A', ['a', 'b'], 2 * bytes);
    expect(await told(submitted('B', ['a'], 3 * bytes - 1))).toEqual([
      ...[NAMESPACE, 'outputBytes', `${2 * bytes}`, `${bytes}`, `${3 * bytes - 1}`],
    ]);
    const more = { ...quota({ outputBytes: 3 * bytes - 1 }), backoffLimit: 2 };
    expect(await told(store.jobs.addTasks('A', tasksOf(['c']), more))).toEqual([
      ...[NAMESPACE, 'outputBytes', `${2 * bytes}`, `${bytes}`, `${3 * bytes - 1}`],
    ]);
    await submitted('B', ['a'], 3 * bytes);
  });

  test.each([
    ['no retry', { backoffLimit: 0 }, 0],
    [
      'failures that are ignored',
      { failurePolicy: [{ action: 'Ignore', onReasons: ['Timeout'] }] },
      4,
    ],
    ['many retries', { backoffLimit: 100 }, 4],
    ['reports that may be missing', { completionPolicy: 'report', lossLimit: 2 }, 2],
  ] as const)(
    'of output counts the earlier attempts of %s alike, asked for and used',
    async (_, policy, kept) => {
      const store = newStore();
      const spec = { ...SPEC, ...policy } as typeof SPEC;
      const bytes = TASK_BYTES + kept * TASK_BYTES;
      const meta = (name: string) => ({ namespace: NAMESPACE, name });
      const quotas = { outputBytes: 2 * bytes };
      const tasks = tasksOf(['a']);
      await store.jobs.submitJob({ uid: 'A', meta: meta('a'), spec, tasks, quotas });
      await store.jobs.submitJob({ uid: 'B', meta: meta('b'), spec, tasks, quotas });
      const third = store.jobs.submitJob({ uid: 'C', meta: meta('c'), spec, tasks, quotas });
      expect(await told(third)).toEqual([
        ...[NAMESPACE, 'outputBytes', `${2 * bytes}`, `${bytes}`, `${2 * bytes}`],
      ]);
    },
  );

  test('of output counts no more of them than a job may keep', async () => {
    const { redis, prefix } = newStore();
    const store = new TestStore(redis, prefix, 100);
    const spec = { ...SPEC, backoffLimit: 9 };
    const meta = { namespace: NAMESPACE, name: 'a' };
    const tasks = tasksOf(['a', 'b']);
    const quotas = { outputBytes: 2 * TASK_BYTES + 100 };
    await store.jobs.submitJob({ uid: 'A', meta, spec, tasks, quotas });
    expect(await told(submit(store, 'B', ['a'], quotas))).toEqual([
      ...[NAMESPACE, 'outputBytes', `${2 * TASK_BYTES + 100}`, `${TASK_BYTES}`],
      `${2 * TASK_BYTES + 100}`,
    ]);
  });

  test('is not asked for what a request does not bring', async () => {
    const store = newStore();
    await submit(store, 'A', ['a', 'b'], {});
    await submit(store, 'B', [], { tasks: 1 });
    expect(await codeOf(store.jobs.addTasks('B', tasksOf(['a']), quota({ jobs: 1 })))).toBe(
      'resolved',
    );
    expect(await told(store.jobs.addTasks('B', tasksOf(['b']), quota({ tasks: 3 })))).toEqual([
      NAMESPACE,
      'tasks',
      '3',
      '1',
      '3',
    ]);
  });

  test('is given back by tasks that end, and by jobs that are finished, cancelled or removed', async () => {
    const store = newStore();
    const fence = await store.lead();
    await submit(store, 'A', ['a', 'b'], {});
    await submit(store, 'B', ['a'], {});
    await submit(store, 'C', ['a'], {});
    const claimed = first(await store.claim(fence, 'A', 1));
    const limits = { jobs: 3, tasks: 4 };
    expect(await told(submit(store, 'D', ['a'], limits))).toHaveLength(9);
    await store.settle(fence, 'A', claimed, finalOf(claimed.record));
    expect(await told(submit(store, 'D', ['a'], limits))).toEqual([
      NAMESPACE,
      'jobs',
      '3',
      '1',
      '3',
    ]);
    await store.jobs.cancelJob('B');
    await submit(store, 'D', ['a'], limits);
    await store.jobs.deleteJob('C');
    await submit(store, 'E', ['a'], limits);
  });

  test('holds for tasks that are to run again', async () => {
    const store = newStore();
    const fence = await store.lead();
    await submit(store, 'A', ['a', 'b'], {});
    for (const task of await store.claim(fence, 'A', 2)) {
      await store.settle(fence, 'A', task, finalOf(task.record, task.index === 0));
    }
    await store.controller.completeJob(fence, 'A', 1);
    expect(await told(store.jobs.retryFailed('A', quota({ jobs: 0, tasks: 0 })))).toEqual([
      NAMESPACE,
      'jobs',
      '0',
      '1',
      '0',
      'tasks',
      '0',
      '1',
      '0',
    ]);
    expect((await store.jobs.getJob('A'))?.status.phase).toBe('Failed');
    await store.jobs.retryFailed('A', quota({ jobs: 1, tasks: 1 }));
  });

  test('is held against the job of a first try, not of a repeated one', async () => {
    const store = newStore();
    const again = (uid: string) =>
      store.jobs.submitJob({
        ...{ uid, meta: { namespace: NAMESPACE, name: uid.toLowerCase() }, spec: SPEC },
        ...{ tasks: tasksOf(['a']), quotas: { jobs: 1 }, idempotency: { key: 'k', digest: 'd' } },
      });
    expect([await again('A'), await again('B')]).toEqual(['A', 'A']);
  });

  test('is not upset by a record that cannot be read', async () => {
    const store = newStore();
    await submit(store, 'A', ['a'], {});
    await store.redis.hset(store.keys.job('A').job, 'spec', '{', 'total', 'many');
    await submit(store, 'B', ['a'], { tasks: 1, outputBytes: TASK_BYTES });
  });

  test('that is very large is told as it is', async () => {
    const store = newStore();
    const limits = { outputBytes: 1e15, tasks: 0 };
    expect(await told(submit(store, 'A', ['a'], limits))).toEqual([
      NAMESPACE,
      'tasks',
      '0',
      '1',
      '0',
    ]);
    const most = Number.MAX_SAFE_INTEGER;
    await submit(store, 'B', ['a'], { outputBytes: most, tasks: most, jobs: most });
  });

  test('is never exceeded by requests at the same time', async () => {
    const store = newStore();
    const calls = Array.from({ length: 20 }, (_, i) =>
      codeOf(submit(store, `J${i}`, ['a', 'b'], { jobs: 7, tasks: 10 })),
    );
    const codes = await Promise.all(calls);
    expect(codes.filter((code) => code === 'resolved')).toHaveLength(5);
  });
});

type Step =
  | { kind: 'submit'; tasks: number; limits: Quotas }
  | { kind: 'add'; job: number; tasks: number; limits: Quotas }
  | { kind: 'retry'; job: number; limits: Quotas }
  | { kind: 'run' | 'finish' | 'cancel'; job: number };

const limits = fc.record(
  { jobs: fc.integer({ min: 0, max: 4 }), tasks: fc.integer({ min: 0, max: 8 }) },
  { requiredKeys: [] },
);
const job = fc.nat(5);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('submit' as const), tasks: fc.nat(4), limits }),
  fc.record({
    kind: fc.constant('add' as const),
    job,
    tasks: fc.integer({ min: 1, max: 3 }),
    limits,
  }),
  fc.record({ kind: fc.constant('retry' as const), job, limits }),
  ...(['run', 'finish', 'cancel'] as const).map((kind) =>
    fc.record({ kind: fc.constant(kind), job }),
  ),
);

/** What goes on, counted by looking at every job and task. */
async function recount(store: TestStore, uids: readonly string[]) {
  const used = { jobs: 0, tasks: 0 };
  for (const uid of uids) {
    const found = await store.jobs.getJob(uid);
    if (found?.status.phase !== 'Running' || found.spec.cancel) continue;
    const counts = await store.recount(uid);
    used.jobs += 1;
    used.tasks += counts.pending + counts.active;
  }
  return used;
}

test('after any steps a quota is exceeded exactly when the recount says so', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const store = newStore();
      const fence = await store.lead();
      const uids: string[] = [];
      for (const [number, one] of steps.entries()) {
        if (one.kind === 'submit') {
          const uid = `J${number}`;
          const names = Array.from({ length: one.tasks }, (_, i) => `t${i}`);
          const used = await recount(store, uids);
          const code = await codeOf(submit(store, uid, names, one.limits));
          expect(code).toBe(verdict(one.limits, used, { jobs: 1, tasks: one.tasks }));
          if (code === 'resolved') uids.push(uid);
          continue;
        }
        const uid = uids[one.job % Math.max(1, uids.length)];
        if (uid !== undefined) await act(store, { fence, uid, uids, number }, one);
      }
    }),
    { numRuns: 25 },
  );
});

function verdict(limits: Quotas, used: { jobs: number; tasks: number }, more: typeof used): string {
  const over = (['jobs', 'tasks'] as const).some((name) => {
    const most = limits[name];
    return most !== undefined && more[name] > 0 && used[name] + more[name] > most;
  });
  return over ? 'QuotaExceeded' : 'resolved';
}

type Place = {
  fence: Awaited<ReturnType<TestStore['lead']>>;
  uid: string;
  uids: readonly string[];
  number: number;
};

async function act(
  store: TestStore,
  { fence, uid, uids, number }: Place,
  one: Exclude<Step, { kind: 'submit' }>,
): Promise<void> {
  const used = await recount(store, uids);
  const found = await store.jobs.getJob(uid);
  const running = found?.status.phase === 'Running';
  switch (one.kind) {
    case 'add': {
      const names = Array.from({ length: one.tasks }, (_, i) => `n${number}-${i}`);
      const code = await codeOf(store.jobs.addTasks(uid, tasksOf(names), quota(one.limits)));
      const wanted = verdict(one.limits, used, { jobs: 0, tasks: one.tasks });
      expect(code).toBe(running ? wanted : 'Finished');
      return;
    }
    case 'retry': {
      const { total = 0, succeeded = 0 } = found?.status.counts ?? {};
      if (running || total === succeeded) return;
      const code = await codeOf(store.jobs.retryFailed(uid, quota(one.limits)));
      expect(code).toBe(verdict(one.limits, used, { jobs: 1, tasks: total - succeeded }));
      return;
    }
    case 'run': {
      const [claimed] = running ? await store.claim(fence, uid, 1) : [];
      if (claimed)
        await store.settle(fence, uid, claimed, finalOf(claimed.record, number % 2 === 0));
      return;
    }
    case 'finish':
      await store.controller.completeJob(fence, uid, number);
      return;
    case 'cancel':
      if (running) await store.jobs.cancelJob(uid);
  }
}
