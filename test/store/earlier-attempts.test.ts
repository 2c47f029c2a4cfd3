import { describe, expect, test } from 'vitest';
import { openLogs, openStores } from '../../internal/store/index.ts';
import { FAILED, LOST, nextOf, PlayedJob, STOPPED } from '../support/played-job.ts';
import { first, SPEC, TestStore, useStore } from './harness.ts';

const newStore = useStore();
const KIB = 1024;
const TAIL = 64 * KIB;
const LARGE = { ...SPEC, outputLimitBytes: 1024 * KIB };

/** One job and its leader, with what the API reads of its tasks. */
class Observed extends PlayedJob {
  readonly store: TestStore;

  constructor(store: TestStore, fence: { token: number }, uid: string) {
    super(store.controller, fence, uid);
    this.store = store;
  }

  async task(index = 0) {
    return first(await this.store.jobs.readTasks(this.uid, index, 1));
  }

  async earlier(index = 0) {
    const { redis, clock, prefix } = this.store;
    return openStores(redis, clock, prefix).catalog.earlierAttempts(this.uid, index);
  }

  /** The kept stderr of an earlier attempt. */
  async stderr(attempt: number, index = 0): Promise<string> {
    const { redis, prefix } = this.store;
    const logs = openLogs(redis, { waitFor: async () => {} }, prefix);
    return (await logs.earlierOutput(this.uid, index, attempt)).stderr.toString();
  }

  /** Bytes that the outputs of all earlier attempts take. */
  async room(): Promise<number> {
    return Number(await this.store.redis.hget(this.store.keys.job(this.uid).job, 'attemptBytes'));
  }
}

async function played({ tasks = ['a'], spec = SPEC, room = 64 * 1024 * KIB } = {}) {
  const { redis, prefix } = newStore();
  const store = new TestStore(redis, prefix, room);
  const uid = await store.submit(tasks, spec);
  return new Observed(store, await store.lead(), uid);
}

describe('a task that waits for its next attempt', () => {
  test('shows its attempts, and what the last one came to, with its output', async () => {
    const it = await played();
    await it.fail('went wrong');
    const task = await it.task();
    expect(task).toMatchObject({
      waiting: { attempts: 1, losses: 0, last: { verdict: FAILED, attempts: 1 } },
    });
    expect(task.stderr?.toString()).toBe('went wrong');
    expect(task).not.toHaveProperty('result');
    expect(task).not.toHaveProperty('attempt');
  });

  test('shows the same when its job has ended meanwhile', async () => {
    const it = await played();
    await it.fail('one');
    await it.fail('two');
    await it.finish();
    const task = await it.task();
    expect(task).toMatchObject({
      waiting: { attempts: 2, last: { verdict: FAILED, attempts: 2 } },
    });
    expect(task.stderr?.toString()).toBe('two');
  });

  test('shows no output where none was collected, though an earlier attempt had some', async () => {
    const it = await played();
    await it.fail('of the first');
    const task = await it.claimOne();
    await it.retry(0, await it.judge(task, LOST));
    const seen = await it.task();
    expect(seen).toMatchObject({
      waiting: { attempts: 2, last: { verdict: LOST, output: { log: { state: 'unavailable' } } } },
    });
    expect(seen.stderr?.toString()).toBe('');
    await it.claimOne();
    expect(await it.stderr(2)).toBe('');
    expect(await it.stderr(1)).toBe('of the first');
  });
});

describe('the earlier attempts of a task', () => {
  test('are kept when the next one takes their place', async () => {
    const it = await played();
    await it.fail('one');
    expect(await it.earlier()).toEqual({ kept: [], between: 0 });
    await it.end(await it.claimOne(), 'two');
    const output = {
      stdout: { bytes: 0, truncated: false },
      stderr: { bytes: 3, truncated: false },
      log: { state: 'complete' },
    };
    expect(await it.earlier()).toEqual({
      kept: [{ attempt: 1, verdict: FAILED, output, bytes: 3 }],
      between: 0,
    });
    expect(await it.stderr(1)).toBe('one');
  });

  test('are the first and the last three, the others are counted', async () => {
    const it = await played();
    for (let attempt = 1; attempt <= 8; attempt++) await it.fail(`of ${attempt}`);
    await it.claimOne();
    const { kept, between } = await it.earlier();
    expect(kept.map(({ attempt }) => attempt)).toEqual([1, 6, 7, 8]);
    expect(between).toBe(4);
    const shown = await Promise.all([1, 2, 5, 6, 7, 8].map((attempt) => it.stderr(attempt)));
    expect(shown).toEqual(['of 1', '', '', 'of 6', 'of 7', 'of 8']);
    expect(await it.store.redis.hlen(it.store.keys.job(it.uid).attemptOutput)).toBe(4);
  });

  test('have the last 64 KiB of each stream, and say what was cut', async () => {
    const it = await played({ spec: LARGE });
    await it.fail(Buffer.concat([Buffer.alloc(TAIL, 'x'), Buffer.from('the end')]));
    await it.claimOne();
    const text = await it.stderr(1);
    expect(text).toHaveLength(TAIL);
    expect(text.endsWith('xthe end')).toBe(true);
    const output = {
      stderr: { bytes: TAIL + 7, truncated: true },
      log: { state: 'truncated' },
    };
    expect((await it.earlier()).kept).toMatchObject([{ output }]);
  });

  test('that were lost and replaced are among them, without output', async () => {
    const it = await played();
    await it.fail('one');
    await it.replace(await it.claimOne(), LOST);
    expect((await it.earlier()).kept).toMatchObject([
      { attempt: 1, verdict: FAILED },
      { attempt: 2, verdict: LOST, output: { log: { state: 'unavailable' } }, bytes: 0 },
    ]);
    expect(await it.stderr(2)).toBe('');
  });

  test('that cost nothing are not, and what was before them is kept once', async () => {
    const it = await played();
    await it.fail('one');
    const outdated = { ...LOST, reason: 'PlacementOutdated', source: 'controller' } as const;
    const record = await it.replace(await it.claimOne(), outdated);
    expect(record).toMatchObject({ attempt: 3, last: { attempts: 1 } });
    expect((await it.earlier()).kept).toMatchObject([{ attempt: 1 }]);
  });

  test('are told by their numbers where some between were taken back', async () => {
    const it = await played();
    await it.fail('one');
    const unplaced = { ...LOST, reason: 'Unplaced', source: 'controller' } as const;
    const record = await it.judge(await it.claimOne(), unplaced);
    const next = { ...nextOf(record), returned: 1 };
    await it.settle(0, record, { kind: 'retry', next, notBefore: 0 });
    const waiting = await it.task();
    expect(waiting).toMatchObject({ waiting: { attempts: 1, number: 2, last: { attempts: 1 } } });
    expect(waiting.stderr?.toString()).toBe('one');
    const third = await it.claimOne();
    expect(await it.task()).toMatchObject({ attempt: 3, attempts: 2 });
    const failed = await it.end(third, 'three');
    await it.settle(0, failed, { kind: 'final' });
    expect((await it.task()).result).toMatchObject({ attempts: 2, number: 3 });
    await it.complete();
    await it.store.jobs.retryFailed(it.uid);
    expect(await it.claimOne()).toMatchObject({ record: { attempt: 4, returned: 1 } });
    expect((await it.earlier()).kept).toMatchObject([{ attempt: 1 }, { attempt: 3 }]);
    expect([await it.stderr(1), await it.stderr(3)]).toEqual(['one', 'three']);
  });

  test('take no more room than they may: what has none says so, a smaller one may have some', async () => {
    const it = await played({ room: 10 });
    for (const text of ['12345678', '123', 'x']) await it.fail(text);
    await it.claimOne();
    const dropped = { stderr: { bytes: 3 }, log: { state: 'unavailable' } };
    expect((await it.earlier()).kept).toMatchObject([
      { attempt: 1, output: { log: { state: 'complete' } } },
      { attempt: 2, verdict: FAILED, dropped: true, output: dropped },
      { attempt: 3, output: { log: { state: 'complete' } } },
    ]);
    const shown = await Promise.all([1, 2, 3].map((attempt) => it.stderr(attempt)));
    expect(shown).toEqual(['12345678', '', 'x']);
    expect(await it.room()).toBe(9);
  });

  test('give their room back when later ones take their place', async () => {
    const it = await played({ room: 16 });
    for (let attempt = 1; attempt <= 9; attempt++) await it.fail('1234');
    await it.claimOne();
    expect((await it.earlier()).kept.some(({ dropped }) => dropped)).toBe(false);
    expect(await it.room()).toBe(16);
  });

  test('have no output where no room is given', async () => {
    const it = await played({ room: 0 });
    await it.fail('one');
    await it.claimOne();
    expect((await it.earlier()).kept).toMatchObject([
      { attempt: 1, dropped: true, verdict: FAILED },
    ]);
    expect(await it.store.redis.exists(it.store.keys.job(it.uid).attemptOutput)).toBe(0);
  });
});

describe('a retry by hand', () => {
  test('goes on with the numbers, and keeps what was counted as failed', async () => {
    const it = await played();
    const record = await it.end(await it.claimOne(), 'for good');
    await it.settle(0, record, { kind: 'final' });
    await it.complete();
    await it.store.jobs.retryFailed(it.uid);
    const last = { verdict: FAILED, attempts: 1, losses: 0 };
    const task = await it.task();
    expect(task).toMatchObject({ waiting: { attempts: 1, last } });
    expect(task.stderr?.toString()).toBe('for good');
    const again = await it.claimOne();
    expect(again.record).toMatchObject({ attempt: 2, losses: 0, failures: 0, last });
    await it.end(again, 'of the second');
    expect(await it.stderr(1)).toBe('for good');
    expect((await it.earlier()).kept).toMatchObject([{ attempt: 1, verdict: FAILED }]);
  });

  test('starts what waited when the job ended at once, with new budgets', async () => {
    const it = await played({ tasks: ['a', 'b'] });
    const record = await it.end(await it.claimOne(), 'one');
    const next = { ...nextOf(record), losses: 2 };
    await it.settle(0, record, { kind: 'retry', next, notBefore: 8e15 });
    await it.finish();
    await it.store.jobs.retryFailed(it.uid);
    const [a, b] = await it.claim(9);
    expect([a, b]).toMatchObject([
      {
        index: 0,
        record: { attempt: 2, losses: 0, failures: 0, last: { attempts: 1, verdict: FAILED } },
      },
      { index: 1, record: { attempt: 1 } },
    ]);
    if (a === undefined) throw new Error('the task was to be claimed');
    // The record is compared by its text: it still is what the store holds.
    await it.end(a, 'two');
    expect(await it.stderr(1)).toBe('one');
  });

  test('of a task whose last attempt came to nothing keeps the one before once', async () => {
    const it = await played();
    await it.fail('one');
    const record = await it.judge(await it.claimOne(), STOPPED);
    await it.settle(0, record, { kind: 'final', lastStands: true });
    await it.finish();
    const task = await it.task();
    expect(task.result).toMatchObject({ attempts: 2, of: 1, verdict: { exitStatus: 3 } });
    expect(task.stderr?.toString()).toBe('one');
    await it.store.jobs.retryFailed(it.uid);
    await it.claimOne();
    expect((await it.earlier()).kept).toMatchObject([{ attempt: 1 }]);
    expect(await it.stderr(1)).toBe('one');
  });
});

test('many large outputs are not all read in one claim', async () => {
  const it = await played({ tasks: Array.from({ length: 12 }, (_, i) => `t${i}`), spec: LARGE });
  const large = Buffer.alloc(1024 * KIB, 'x');
  for (const task of await it.claim(12)) await it.retry(task.index, await it.end(task, large));
  const sizes: number[] = [];
  for (let left = 12; left > 0; left -= sizes.at(-1) ?? left) {
    sizes.push((await it.claim(12)).length);
  }
  expect(sizes).toEqual([2, 2, 2, 2, 2, 2]);
  expect(await it.stderr(1, 11)).toHaveLength(TAIL);
});
