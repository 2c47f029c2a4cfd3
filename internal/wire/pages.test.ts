import { describe, expect, it } from 'vitest';
import type { TaskView } from '../store/ports.ts';
import { pageTasks } from './pages.ts';
import { endedTask, finishedJob, gather, MemoryJob, pendingTask, UID } from './testing/jobs.ts';

const MIB = 1024 * 1024;

function tasks(count: number, make: (index: number) => TaskView = pendingTask): TaskView[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function reader(views: TaskView[]): MemoryJob {
  return new MemoryJob(finishedJob(), views);
}

describe('the tasks of a job, page by page', () => {
  it.each([0, 1, 3, 4, 5, 12, 100])('come in submission order, all %i of them', async (count) => {
    const views = tasks(count);
    expect((await gather(pageTasks(reader(views), UID))).flat()).toEqual(views);
  });

  it('are read in pages that grow to 512, so that many tasks need few reads', async () => {
    const jobs = reader(tasks(2000));
    expect((await gather(pageTasks(jobs, UID))).flat()).toHaveLength(2000);
    const limits = [4, 8, 16, 32, 64, 128, 256, 512, 512, 512];
    expect(jobs.pages.slice(0, -1).map(({ limit }) => limit)).toEqual(limits);
  });

  it('are all read although the store cuts a large page for the size of its outputs', async () => {
    const jobs = reader(tasks(300));
    const whole = jobs.readTasks.bind(jobs);
    jobs.readTasks = async (uid, from, limit) => {
      const page = await whole(uid, from, limit);
      return limit > 16 ? page.slice(0, 3) : page;
    };
    expect((await gather(pageTasks(jobs, UID))).flat().map(({ index }) => index)).toEqual(
      tasks(300).map(({ index }) => index),
    );
  });

  it('are read in pages no larger than asked for', async () => {
    const jobs = reader(tasks(5));
    expect((await gather(pageTasks(jobs, UID, 2))).flat()).toHaveLength(5);
    expect(jobs.pages.every(({ limit }) => limit <= 2)).toBe(true);
  });

  it('come one by one after large outputs, and in growing pages after small ones', async () => {
    const size = (index: number) => (index < 8 ? MIB : 1);
    const jobs = reader(tasks(40, (index) => endedTask(index, Buffer.alloc(size(index)))));
    await gather(pageTasks(jobs, UID));
    const limits = jobs.pages.map(({ limit }) => limit);
    expect(limits).toEqual([4, 1, 1, 1, 1, 1, 2, 4, 8, 16, 32, 2]);
  });

  it('are sized by the largest output of a page, not by the mean', async () => {
    const size = (index: number) => (index === 2 ? MIB / 2 : 0);
    const jobs = reader(tasks(8, (index) => endedTask(index, Buffer.alloc(size(index)))));
    await gather(pageTasks(jobs, UID));
    expect(jobs.pages[1]).toEqual({ from: 4, limit: 2 });
  });

  it('are held one page at a time: the next is read when this one was taken', async () => {
    const jobs = reader(tasks(30));
    let taken = 0;
    for await (const page of pageTasks(jobs, UID)) {
      expect(jobs.pages.at(-1)?.from).toBe(taken);
      taken += page.length;
    }
    expect(taken).toBe(30);
  });

  it('end with the error of a failed read', async () => {
    const jobs = reader(tasks(10));
    jobs.taskError = { index: 7, error: new Error('Redis is away') };
    await expect(gather(pageTasks(jobs, UID))).rejects.toThrow('Redis is away');
  });
});
