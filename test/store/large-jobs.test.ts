import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { ulid } from 'ulid';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../internal/clock/clock.ts';
import { Backups, openStores } from '../../internal/store/index.ts';
import { injectLab } from '../lab/inject.ts';
import { finishAtOnce } from '../support/finish-at-once.ts';
import { codeOf, finalOf, SPEC, TestStore, tasksOf, useStore } from './harness.ts';

const newStore = useStore();
const lab = injectLab();

/** What one command may do, however large the job: some ms of Redis. */
const MOST_WORK = 10_000;
const GROWING =
  /:(tasks|names|waiting|progress|results|reports|unsuccessful|attempts|stdout|stderr|attempt-output)$/;
/** Commands that go through all of a key. */
const WHOLE = /^(hgetall|hkeys|hvals|smembers|del|sort|copy|dump|keys|flushall)$/;

interface Command {
  name: string;
  /** Arguments, and those of what it runs within: a script, a transaction. */
  work: number;
  /** What it does with all of a key that grows with the job. */
  whole: string[];
}

/** The commands that Redis has got during some work, by what it tells a monitor. */
async function commandsDuring(redis: Redis, work: () => Promise<unknown>): Promise<Command[]> {
  const monitor = await redis.monitor();
  const commands: Command[] = [];
  let isWithin = false;
  const over = ulid();
  const told = new Promise<void>((resolve) => {
    monitor.on('monitor', (_time: string, args: string[], source: string) => {
      const [given = '', ...rest] = args;
      const name = given.toLowerCase();
      if (rest[0] === over) resolve();
      if (source !== 'lua' && !isWithin) commands.push({ name, work: 0, whole: [] });
      if (name === 'multi') isWithin = true;
      if (name === 'exec') isWithin = false;
      const command = commands.at(-1);
      if (command === undefined) return;
      command.work += Math.max(1, rest.length);
      if (isWhole(name, rest)) command.whole.push(`${name} ${rest.join(' ')}`);
    });
  });
  await work();
  await redis.echo(over);
  await told;
  monitor.disconnect();
  return commands;
}

function isWhole(name: string, args: string[]): boolean {
  if (!args.some((arg) => GROWING.test(arg))) return false;
  if (WHOLE.test(name)) return true;
  return /^z?range$/.test(name) && args[1] === '0' && args[2] === '-1';
}

/** @param isFew what is read as a whole is little, whatever the size of the job. */
async function expectBounded(store: TestStore, work: () => Promise<unknown>, isFew = false) {
  const commands = await commandsDuring(store.redis, work);
  const most = commands.reduce((a, b) => (b.work > a.work ? b : a));
  expect(most.work, `${most.name} of ${commands.length} commands`).toBeLessThan(MOST_WORK);
  if (!isFew) expect(commands.flatMap(({ whole }) => whole)).toEqual([]);
}

/** A job of so many tasks, on a store whose clock goes. */
async function large(size: number) {
  const { redis, prefix } = newStore();
  const store = new TestStore(redis, prefix);
  const stores = openStores(redis, systemClock, prefix);
  const fence = await store.lead();
  const uid = ulid();
  const names = Array.from({ length: size }, (_, i) => `t${i}`);
  const meta = { namespace: 'default', name: 'large' };
  const submit = () => stores.jobs.submitJob({ uid, meta, spec: SPEC, tasks: tasksOf(names) });
  return { ...stores, store, fence, uid, names, meta, submit };
}

describe.each([1000, 20_000])('no command grows with a job of %i tasks', (size) => {
  test('that is accepted, gets more, runs, is cancelled, deleted and removed', async () => {
    const { store, jobs, controller, fence, uid, names, meta, submit } = await large(size);
    await expectBounded(store, submit);
    const more = (what: string) => tasksOf(names.map((name) => `${what}-${name}`));
    await expectBounded(store, () => jobs.addTasks(uid, more('added')));
    const applied = { edits: 0, spec: SPEC, meta, applied: { spec: {}, tasks: size } };
    await expectBounded(store, () => jobs.applyJob(uid, { ...applied, tasks: more('applied') }));
    const counts = async () => (await jobs.getJob(uid))?.status.counts;
    expect(await counts()).toMatchObject({ total: 3 * size, pending: 3 * size });
    const [last] = await jobs.readTasks(uid, 3 * size - 1, 9);
    expect(last?.spec.name).toBe(`applied-t${size - 1}`);

    await expectBounded(store, async () => {
      const claimed = await store.claim(fence, uid, 20);
      for (const task of claimed) await store.settle(fence, uid, task, finalOf(task.record));
      await controller.loadJob(uid, 0);
      await jobs.readTasks(uid, 0, 512);
    });
    await expectBounded(store, async () => {
      await jobs.cancelJob(uid);
      await controller.endJob(fence, uid, {
        ...{ phase: 'Cancelled', reason: 'CancelRequested', message: 'the job was cancelled' },
      });
      expect(await controller.completeJob(fence, uid, 5)).toBe(true);
      await jobs.deleteJob(uid);
      await controller.expireJob(fence, uid, 10);
    });
    expect(await store.redis.keys(`${store.prefix}*${uid}*`)).toEqual([]);
  });

  test('that runs again, all of it or some, and is backed up meanwhile', async () => {
    const { store, jobs, controller, fence, uid, submit } = await large(size);
    await submit();
    const backups = new Backups(store.redis, systemClock, store.prefix);
    const backup = () => backups.backup(join(lab.dir, `${ulid()}.backup`), '1.2.3');
    const indices = Array.from({ length: size }, (_, i) => i);
    await finishAtOnce(store, uid, size, () => 'failed');
    await expectBounded(store, backup);
    await expectBounded(store, () => jobs.retryFailed(uid));
    await expectBounded(store, backup);
    await expectBounded(store, async () => {
      for (const task of await store.claim(fence, uid, 5)) {
        await store.settle(fence, uid, task, finalOf(task.record));
      }
      await controller.loadJob(uid, 0);
      await jobs.readTasks(uid, 0, 512);
    });

    await finishAtOnce(store, uid, size, (i) => (i % 2 === 0 ? 'failed' : 'succeeded'));
    const failed = indices.filter((i) => i % 2 === 0);
    const isFew = failed.length <= 500;
    await expectBounded(store, () => jobs.retryFailed(uid, undefined, failed), isFew);
    await finishAtOnce(store, uid, size, (i) => (i < 400 ? 'failed' : 'succeeded'));
    await expectBounded(store, async () => {
      expect(await codeOf(jobs.retryFailed(uid, undefined, indices))).toBe('NothingToRetry');
    });
    await expectBounded(store, () => jobs.retryFailed(uid), true);
  });

  test('that a cron job starts', async () => {
    const { store, jobs, crons, fence, names, meta } = await large(size);
    const cron = { namespace: 'default', name: 'hourly' };
    const uid = ulid();
    const template = { metadata: {}, spec: SPEC, tasks: [] };
    await crons.putCronJob({
      uid,
      spec: { schedule: '0 * * * *', jobTemplate: template },
      meta: cron,
      applied: { spec: {}, tasks: 0 },
    } as unknown as Parameters<typeof crons.putCronJob>[0]);
    const seen = await crons.getCronJob(uid);
    if (seen === undefined) throw new Error('there is no cron job');
    const job = { uid: ulid(), meta, spec: SPEC, tasks: tasksOf(names) };
    const event = { type: 'JobStarted', message: meta.name } as const;
    await expectBounded(store, () => crons.fireCronJob(fence, seen, { tick: 1, event, job }));
    expect((await jobs.getJob(job.uid))?.status.counts.total).toBe(size);
    expect(await store.redis.keys(`${store.prefix}staged:*`)).toEqual([]);
  });
});
