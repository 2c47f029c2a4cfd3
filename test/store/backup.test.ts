import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { ulid } from 'ulid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Backups, connectRedis, openLogs, openStores } from '../../internal/store/index.ts';
import { injectLab } from '../lab/inject.ts';
import type { Redis as Server } from '../lab/redis.ts';
import { finishAtOnce } from '../support/finish-at-once.ts';
import { FAILED, nextOf, PlayedJob } from '../support/played-job.ts';
import { finalOf, first, SPEC, silent, TestStore, tasksOf } from './harness.ts';

const lab = injectLab();
const STDERR = Buffer.from('\u2028err\r\n');
const BYTES = Buffer.from([0xff, 0x00, 0x0a, 0x80, 0x41]);
let server: Server;
const stores: TestStore[] = [];

beforeAll(async () => {
  server = await lab.startRedis();
});

afterAll(async () => {
  for (const { redis } of stores) redis.disconnect();
  await server.stop();
});

/** A store of its own. */
async function newStore(prefix = `${ulid()}:`): Promise<TestStore> {
  const redis = connectRedis({ kind: 'unix', path: server.socketPath }, silent);
  await redis.connect();
  const store = new TestStore(redis, prefix);
  stores.push(store);
  return store;
}

const backupsOf = ({ redis, clock, prefix }: TestStore) => new Backups(redis, clock, prefix);
const restoreOptions = (path: string, more: object = {}) => ({
  ...{ path, replace: false, hold: false, newIdentity: false, leaseMs: 0 },
  ...more,
});
const others = (store: TestStore) => openStores(store.redis, store.clock, store.prefix);
const newFile = () => join(lab.dir, `${ulid()}.backup`);

/** Ends a task with its output, as a controller does. */
async function runTask(store: TestStore, uid: string, stdout: Buffer): Promise<void> {
  const fence = await store.lead();
  const { index, record } = first(await store.claim(fence, uid, 1));
  const to = { ...record, serviceId: 's' };
  await store.controller.storeOutput(fence, uid, index, {
    ...{ from: record, to, stdout, stderr: STDERR },
  });
  const { result, ...final } = finalOf(to);
  const output = { ...result.output, stderr: { bytes: STDERR.length, truncated: false } };
  await store.settle(
    fence,
    uid,
    { index, record: to },
    { ...final, result: { ...result, output } },
  );
}

/** A store with a bit of everything. */
async function filled() {
  const store = await newStore();
  await others(store).schema.check();
  await store.jobs.reportKey();
  const [done, running, aside] = [ulid(), ulid(), ulid()];
  const callback = { url: 'http://receiver/done' };
  await store.jobs.submitJob({
    ...{ uid: done, spec: { ...SPEC, callback }, tasks: tasksOf(['a']) },
    idempotency: { key: 'once', digest: 'of the body' },
  });
  await runTask(store, done, BYTES);
  await store.controller.completeJob(await store.lead(), done, 5);
  await store.jobs.submitJob({ uid: running, spec: SPEC, tasks: tasksOf(['a', 'b', 'c', 'd']) });
  const fence = await store.lead();
  const claimed = await store.claim(fence, running, 3);
  await store.report(running, 0, 1, 'a');
  const { record } = claimed[1] ?? first(claimed);
  const next = { ...record, attempt: 2, failures: 1 };
  await store.controller.settleAttempt(fence, running, 1, {
    ...{ from: record, settlement: { kind: 'retry', next, notBefore: 99 } },
  });
  await store.jobs.submitJob({ uid: aside, spec: SPEC, tasks: tasksOf(['a']) });
  await store.controller.quarantineJob(await store.lead(), aside, 'odd');
  const { crons, applied, outbox } = others(store);
  const cron = ulid();
  await crons.putCronJob({
    uid: cron,
    spec: { schedule: '0 0 * * *' },
    meta: { namespace: 'default', name: 'nightly' },
    applied: { spec: {}, tasks: 0 },
  } as unknown as Parameters<typeof crons.putCronJob>[0]);
  await applied.rememberApplied('job/default/a', 'digest');
  expect(await outbox.nextCallbackAt()).toBe(0);
  return { store, done, running, aside, cron };
}

/** The records of a file, without the first line and the last. */
function recordsOf(path: string): { key: string }[] {
  const lines = gunzipSync(readFileSync(path)).toString().trimEnd().split('\n').slice(1, -1);
  return lines.map((line) => JSON.parse(line) as { key: string });
}

/** What a file holds, in an order of its own, without what a restore adds. */
function contentsOf(path: string): string[] {
  const changed = /^versions$|:events$/;
  const kept = recordsOf(path).filter(({ key }) => !changed.test(key));
  return kept
    .map((record) => {
      const { entries, ...rest } = record as { key: string; entries?: unknown[] };
      return JSON.stringify({
        ...rest,
        ttlMs: 0,
        entries: entries?.map((it) => JSON.stringify(it)).sort(),
      });
    })
    .sort();
}

describe('a store that was restored', () => {
  test('holds jobs, results, outputs, attempts, cron jobs and callbacks as they were', async () => {
    const { store, done, running, aside, cron } = await filled();
    const file = newFile();
    const counted = await backupsOf(store).backup(file, '1.2.3');
    expect(counted).toEqual({ jobs: 3, unfinished: 2, active: 2, cronJobs: 1 });
    const copy = await newStore();
    const { jobs, unfinished } = await backupsOf(copy).restore(restoreOptions(file));
    expect([jobs, unfinished]).toEqual([3, 2]);

    const again = newFile();
    await backupsOf(copy).backup(again, '1.2.3');
    expect(contentsOf(again)).toEqual(contentsOf(file));
    for (const uid of [done, running]) {
      const [before, after] = [await store.jobs.getJob(uid), await copy.jobs.getJob(uid)];
      expect(after).toEqual(before);
      expect(await copy.recount(uid)).toEqual(after?.status.counts);
    }
    const [task] = await copy.jobs.readTasks(done, 0, 1);
    expect([task?.stdout, task?.stderr?.toString()]).toEqual([BYTES, '\u2028err\r\n']);
    const state = await copy.controller.loadJob(running, 100);
    expect(state?.attempts.map(({ report }) => report?.digest)).toEqual(['out', undefined]);
    expect(await copy.slots()).toBe(2);
    expect(await copy.controller.activeJobs()).toEqual([running]);
    const { crons, applied, operator, catalog } = others(copy);
    expect((await crons.getCronJob(cron))?.cron.metadata.name).toBe('nightly');
    expect((await crons.cronWork(1, 9)).due).toEqual([cron]);
    expect(await applied.appliedDigest('job/default/a')).toBe('digest');
    expect(await operator.quarantined()).toEqual([{ uid: aside, message: 'odd' }]);
    expect(
      (await catalog.listJobs({ namespace: 'default', after: '', limit: 9 })).jobs,
    ).toHaveLength(3);
    expect(await copy.outbox.dueCallbacks(1, 9)).toMatchObject([{ jobUid: done }]);
    const idempotency = { key: 'once', digest: 'of the body' };
    const same = { uid: ulid(), spec: SPEC, tasks: tasksOf(['a']), idempotency };
    expect(await copy.jobs.submitJob(same)).toBe(done);
    expect(await copy.redis.pttl(copy.keys.idempotency('once'))).toBeGreaterThan(0);
  });

  test('has the earlier attempts of tasks, and what those that wait last came to', async () => {
    const store = await newStore();
    const uid = ulid();
    await store.jobs.submitJob({ uid, spec: SPEC, tasks: tasksOf(['a']) });
    const played = new PlayedJob(store.controller, await store.lead(), uid);
    await played.fail('one');
    await played.fail(BYTES);
    const file = newFile();
    await backupsOf(store).backup(file, '1.2.3');
    const copy = await newStore();
    await backupsOf(copy).restore(restoreOptions(file));
    const [task] = await copy.jobs.readTasks(uid, 0, 1);
    expect(task).toMatchObject({ waiting: { attempts: 2, last: { verdict: FAILED } } });
    expect(task?.stderr).toEqual(BYTES);
    expect((await others(copy).catalog.earlierAttempts(uid, 0)).kept).toMatchObject([
      { attempt: 1, verdict: FAILED },
    ]);
    const logs = openLogs(copy.redis, { waitFor: async () => {} }, copy.prefix);
    expect((await logs.earlierOutput(uid, 0, 1)).stderr.toString()).toBe('one');
  });

  test('has its identity, a fence that no leader had, and tells of it in jobs not finished', async () => {
    const { store, done, running } = await filled();
    const { token } = await store.lease.readLease();
    const file = newFile();
    await backupsOf(store).backup(file, '1.2.3');
    const copy = await newStore();
    await backupsOf(copy).restore(restoreOptions(file, { hold: true }));
    expect(await copy.controller.storeId()).toBe(await store.controller.storeId());
    expect(await copy.jobs.reportKey()).toEqual(await store.jobs.reportKey());
    expect((await copy.lead()).token).toBeGreaterThan(token + 1000);
    const held = await copy.jobs.getJob(running);
    expect(held?.spec.suspend).toBe(true);
    // What passed since the backup is none of a deadline's.
    expect(held?.status.suspendedAt).toBe(store.clock.now());
    const last = async (uid: string) => (await copy.jobs.readEvents(uid, '', 99)).at(-1)?.type;
    expect([await last(running), await last(done)]).toEqual(['Restored', 'Finished']);
    const other = await newStore();
    await backupsOf(other).restore(restoreOptions(file, { newIdentity: true }));
    expect(await other.controller.storeId()).not.toBe(await store.controller.storeId());
    expect(await other.jobs.reportKey()).not.toEqual(await store.jobs.reportKey());
  });

  test('takes the place of what was there only when it is told to', async () => {
    const { store, running } = await filled();
    const file = newFile();
    await backupsOf(store).backup(file, '1.2.3');
    const later = ulid();
    await store.jobs.submitJob({ uid: later, spec: SPEC, tasks: tasksOf(['a']) });
    await expect(backupsOf(store).restore(restoreOptions(file))).rejects.toThrow(/--replace/);
    expect(await store.jobs.getJob(later)).toBeDefined();
    await backupsOf(store).restore(restoreOptions(file, { replace: true }));
    expect(await store.jobs.getJob(later)).toBeUndefined();
    expect(await store.jobs.getJob(running)).toBeDefined();
  });
});

describe('a restore', () => {
  /** The keys of a store, with a digest of what each holds. */
  async function keysOf({ redis, prefix }: TestStore): Promise<Record<string, unknown>> {
    const keys = (await redis.keys(`${prefix}*`)).sort();
    const dumps = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
    return Object.fromEntries(keys.map((key, i) => [key, dumps[i]?.toString('hex')]));
  }

  test('of a file that was cut off or altered anywhere is refused before anything is written', async () => {
    const { store } = await filled();
    const file = newFile();
    await backupsOf(store).backup(file, '1.2.3');
    const packed = readFileSync(file);
    const lines = gunzipSync(packed).toString().split('\n');
    const text = (change: (lines: string[]) => string[]) => gzipSync(change([...lines]).join('\n'));
    const broken: Record<string, Buffer> = {
      empty: Buffer.alloc(0),
      'no gzip': Buffer.from('hello'),
      'cut in the middle': packed.subarray(0, packed.length / 2),
      'cut near its end': packed.subarray(0, packed.length - 9),
      'a byte changed': Buffer.from(
        packed.map((byte, i) => (i === packed.length - 60 ? byte ^ 1 : byte)),
      ),
      'a line missing': text((all) => all.filter((_, i) => i !== 3)),
      'no end': text((all) => [...all.slice(0, -2), '']),
      'a line twice': text((all) => [...all.slice(0, 4), ...all.slice(3)]),
      'another value': text((all) => all.map((line) => line.replace('"digest"', '"digesT"'))),
      'more behind its end': text((all) => [...all.slice(0, -1), '{}', '']),
      'another file': gzipSync('{"a":1}\n'),
      'of a newer version': text((all) =>
        all.map((line) => line.replace('"schema":2', '"schema":9')),
      ),
    };
    const copy = await newStore();
    await copy.jobs.submitJob({ uid: ulid(), spec: SPEC, tasks: tasksOf(['a']) });
    const before = await keysOf(copy);
    for (const [what, bytes] of Object.entries(broken)) {
      const path = newFile();
      writeFileSync(path, bytes);
      const restored = backupsOf(copy).restore(restoreOptions(path, { replace: true }));
      await expect(restored, what).rejects.toThrow(/cannot be restored|made by a newer Swarmer/);
    }
    expect(await keysOf(copy)).toEqual(before);
  });

  test('that is broken off anywhere leaves a store that no server uses, and can be made again', async () => {
    const { store } = await filled();
    const file = newFile();
    await backupsOf(store).backup(file, '1.2.3');
    const copy = await newStore();
    let finished = false;
    for (let allowed = 3; !finished; allowed += 4) {
      const cut = await newStore(copy.prefix);
      let calls = 0;
      const send = cut.redis.sendCommand.bind(cut.redis);
      cut.redis.sendCommand = (...args) => {
        if (calls++ === allowed) cut.redis.disconnect();
        return send(...args);
      };
      const restored = backupsOf(cut).restore(restoreOptions(file, { replace: true }));
      finished = await restored.then(
        () => true,
        () => false,
      );
      const marked = (await copy.redis.hexists(copy.keys.meta, 'restoring')) === 1;
      const begun = (await copy.redis.exists(copy.keys.allJobs, copy.keys.meta)) > 0;
      if (begun && !finished && marked) {
        await expect(others(copy).schema.check()).rejects.toThrow(/restore into this store/);
      }
      expect(marked || finished || !begun).toBe(true);
    }
    expect(await others(copy).schema.check()).toBe(2);
    const again = newFile();
    await backupsOf(copy).backup(again, '1.2.3');
    expect(contentsOf(again)).toEqual(contentsOf(file));
  });

  test('is refused while a controller leads', async () => {
    const { store } = await filled();
    const file = newFile();
    await backupsOf(store).backup(file, '1.2.3');
    const copy = await newStore();
    const fence = await copy.lead('leader');
    const clock = {
      ...{ now: () => 0, monotonic: () => 0, after: () => () => {} },
      sleep: async () => {
        await copy.lease.renewLease('leader', fence);
      },
    };
    const restored = new Backups(copy.redis, clock, copy.prefix).restore(
      restoreOptions(file, { leaseMs: 1000 }),
    );
    await expect(restored).rejects.toThrow(/A controller leads \(leader\): stop every server/);
    expect(await copy.redis.exists(copy.keys.allJobs)).toBe(0);
  });
});

describe('a backup', () => {
  test('that is made while jobs run has each of them as it was at one moment', async () => {
    const store = await newStore();
    const uids = Array.from({ length: 12 }, () => ulid());
    const names = Array.from({ length: 30 }, (_, i) => `t${i}`);
    for (const uid of uids) await store.jobs.submitJob({ uid, spec: SPEC, tasks: tasksOf(names) });
    const files = [newFile(), newFile(), newFile()];
    let over = false;
    const busy = (async () => {
      for (let i = 0; !over; i++) {
        const uid = uids[i % uids.length] ?? '';
        await runTask(store, uid, Buffer.from(uid)).catch((error: unknown) => {
          if (!String(error).includes('there is none')) throw error;
          over = true;
        });
      }
    })();
    for (const file of files) await backupsOf(store).backup(file, '1.2.3');
    over = true;
    await busy;
    for (const file of files) {
      const copy = await newStore();
      await backupsOf(copy).restore(restoreOptions(file));
      let live = 0;
      for (const uid of uids) {
        const counts = (await copy.jobs.getJob(uid))?.status.counts;
        expect(await copy.recount(uid)).toEqual(counts);
        live += counts?.active ?? 0;
        const tasks = await copy.jobs.readTasks(uid, 0, 100);
        const ended = tasks.filter(({ result }) => result !== undefined);
        expect(ended.every(({ stdout }) => stdout?.toString() === uid)).toBe(true);
      }
      expect(await copy.slots()).toBe(live);
    }
  });
});

test.each(['goes on', 'runs again'])(
  'a backup of a large job that %s meanwhile has it as it was at one moment',
  async (what) => {
    const store = await newStore();
    const fence = await store.lead();
    const uid = ulid();
    const names = Array.from({ length: 6000 }, (_, i) => `t${i}`);
    await store.jobs.submitJob({ uid, spec: SPEC, tasks: tasksOf(names) });
    if (what === 'runs again') {
      await finishAtOnce(store, uid, names.length, (i) => (i % 4 === 0 ? 'succeeded' : 'failed'));
      await store.jobs.retryFailed(uid);
    }
    let ended = 0;
    const over = new AbortController();
    const going = (async () => {
      while (!over.signal.aborted) {
        for (const task of await store.claim(fence, uid, 20)) {
          const retry = { kind: 'retry', next: nextOf(task.record), notBefore: 0 } as const;
          const final = finalOf(task.record, task.index % 3 !== 0);
          await store.settle(fence, uid, task, ended % 5 === 0 ? retry : final);
          ended += 1;
        }
        if (ended % 60 === 0) await store.jobs.addTasks(uid, tasksOf([`added${ended}`]));
      }
    })();
    const begun = ended;
    const file = newFile();
    await backupsOf(store).backup(file, '1.2.3');
    over.abort();
    await going;
    expect(ended).toBeGreaterThan(begun);
    expect(await store.redis.keys(`${store.prefix}staged:*`)).toEqual([]);
    const copy = await newStore();
    await backupsOf(copy).restore(restoreOptions(file));
    const counts = (await copy.jobs.getJob(uid))?.status.counts;
    let views = 0;
    const shown = { active: 0, ended: 0, pending: 0 };
    for (let from = 0; ; from += 1000) {
      const page = await copy.jobs.readTasks(uid, from, 1000);
      if (page.length === 0) break;
      views += page.length;
      for (const { attempt, result } of page) {
        if (result !== undefined) shown.ended += 1;
        else if (attempt !== undefined) shown.active += 1;
        else shown.pending += 1;
      }
    }
    expect(views).toBe(counts?.total);
    expect([shown.active, shown.pending]).toEqual([counts?.active, counts?.pending]);
    expect(shown.ended).toBe(Number(counts?.succeeded) + Number(counts?.failed));
    // Whatever had not begun begins in the copy, once.
    const rest = await copy.claim(await copy.lead(), uid, 10_000, 20_000);
    expect(new Set(rest.map(({ index }) => index)).size).toBe(counts?.pending);
  },
);

test('a backup that another one has overtaken reads the job once more', async () => {
  const store = await newStore();
  const uid = ulid();
  const names = Array.from({ length: 3000 }, (_, i) => `t${i}`);
  await store.jobs.submitJob({ uid, spec: SPEC, tasks: tasksOf(names) });
  await finishAtOnce(store, uid, names.length, () => 'failed');
  await store.jobs.retryFailed(uid);
  const [one, other] = [newFile(), newFile()];
  await Promise.all([
    backupsOf(store).backup(one, '1.2.3'),
    backupsOf(store).backup(other, '1.2.3'),
  ]);
  for (const file of [one, other]) {
    const copy = await newStore();
    expect(await backupsOf(copy).restore(restoreOptions(file))).toMatchObject({ jobs: 1 });
    expect(await copy.claim(await copy.lead(), uid, 5000, 9000)).toHaveLength(3000);
  }
});

test('a backup is made of a Redis that is full', async () => {
  const store = await newStore();
  const uid = ulid();
  await store.jobs.submitJob({ uid, spec: SPEC, tasks: tasksOf(['a']) });
  await others(store).schema.check();
  await store.controller.storeId();
  await store.redis.config('SET', 'maxmemory', '1');
  const file = newFile();
  const backup = backupsOf(store).backup(file, '1.2.3');
  await backup.finally(() => store.redis.config('SET', 'maxmemory', '0'));
  const copy = await newStore();
  await backupsOf(copy).restore(restoreOptions(file));
  expect((await copy.jobs.getJob(uid))?.status.counts.pending).toBe(1);
});
