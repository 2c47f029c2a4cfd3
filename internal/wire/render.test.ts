import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Job } from '../apis/index.ts';
import type { TaskView } from '../store/ports.ts';
import { pageTasks } from './pages.ts';
import { renderBody } from './render.ts';
import { taskBody } from './task-body.ts';
import {
  bodyText,
  endedTask,
  finishedJob,
  gather,
  MemoryJob,
  pendingTask,
  UID,
  waitingTask,
} from './testing/jobs.ts';

const URL = 'http://receiver:9000/done';

function render(job: Job, tasks: TaskView[], pageSize?: number): Promise<string> {
  return bodyText(job, pageTasks(new MemoryJob(job, tasks), UID, pageSize));
}

describe('the body of a job', () => {
  it('is byte for byte what the README shows', async () => {
    const readme = await readFile(new globalThis.URL('README.md', import.meta.url), 'utf8');
    const example: unknown = JSON.parse(/```json\n(.*?)```/s.exec(readme)?.[1] ?? '');
    const at = Date.UTC(2026, 0, 1);
    const task = endedTask(0, 'hello\n', { startedAt: at, finishedAt: at + 1000 });
    const spec = { name: 'one', args: ['a', 'b'] };
    expect(await render(finishedJob(URL), [{ ...task, spec }])).toBe(JSON.stringify(example));
  });

  it('of a job without tasks and without a callback is complete', async () => {
    const body = await render(finishedJob(), []);
    const expected = { __image: 'alpine:3.20', __callback_url: null, tasks: [] };
    expect(body).toBe(JSON.stringify({ ...expected, __job_id: UID, __phase: 'Complete' }));
  });

  it('holds every task in submission order, ended or not', async () => {
    const tasks = [endedTask(0, 'a'), pendingTask(1), endedTask(2, '\u2028"\\\0')];
    const body: unknown = JSON.parse(await render(finishedJob(URL), tasks));
    expect(body).toMatchObject({ tasks: tasks.map((task) => taskBody(task, true)) });
  });

  it('has the phase of the job', async () => {
    const job = finishedJob(URL);
    job.status.phase = 'Failed';
    expect(JSON.parse(await render(job, []))).toMatchObject({ __phase: 'Failed' });
  });

  it('tells of a task that waited for a retry when the job ended what its last attempt came to', async () => {
    const job = finishedJob(URL);
    job.status.phase = 'Failed';
    job.status.ending = {
      phase: 'Failed',
      reason: 'DeadlineExceeded',
      message: 'it took too long',
    };
    const failure = { outcome: 'Failed', exitStatus: 3, reason: 'NonZeroExit' } as const;
    const body = JSON.parse(await render(job, [waitingTask(0, 'oops', failure)]));
    expect(body.tasks).toMatchObject([
      {
        status: 3,
        reason: 'NonZeroExit',
        message: 'not tried again: it took too long',
        attempts: 1,
        result: { stdout: 'oops' },
      },
    ]);
    expect(body.tasks[0]).not.toHaveProperty('last_attempt');
  });

  it('comes in few chunks, none longer than its last task needs', async () => {
    const tasks = Array.from({ length: 2000 }, (_, index) => endedTask(index));
    const job = finishedJob(URL);
    const chunks = await gather(renderBody(job, pageTasks(new MemoryJob(job, tasks), UID)));
    const lengths = chunks.map((chunk) => chunk.length);
    expect(Math.min(...lengths.slice(0, -1))).toBeGreaterThanOrEqual(32 * 1024);
    expect(Math.max(...lengths)).toBeLessThan(33 * 1024);
    expect(JSON.parse(chunks.join(''))).toMatchObject({ tasks: { length: 2000 } });
  });

  it('breaks off when a read fails, and then is no JSON', async () => {
    const job = finishedJob(URL);
    const tasks = Array.from({ length: 40 }, (_, index) => endedTask(index, 'x'.repeat(20_000)));
    const jobs = new MemoryJob(job, tasks);
    jobs.taskError = { index: 30, error: new Error('Redis is away') };
    let given = '';
    const reading = async () => {
      for await (const chunk of renderBody(job, pageTasks(jobs, UID))) given += chunk;
    };
    await expect(reading()).rejects.toThrow('Redis is away');
    expect(given).toContain('task-20');
    expect(() => JSON.parse(given)).toThrow(SyntaxError);
  });
});

const text = fc.string({ unit: 'binary' });
const bytes = fc.uint8Array().map((array) => Buffer.from(array));

const ended = fc
  .record({ stdout: bytes, stderr: bytes, truncated: fc.boolean(), status: fc.integer() })
  .map(({ stdout, stderr, truncated, status }) => {
    const task = endedTask(0, stdout, { exitStatus: status });
    if (task.result) task.result.output.stderr = { bytes: stderr.length, truncated };
    return { ...task, stderr };
  });

const someTasks = fc
  .array(fc.tuple(text, fc.array(text), fc.option(ended)), { maxLength: 40 })
  .map((all) =>
    all.map(([name, args, task], index) => {
      return { ...(task ?? pendingTask(index)), index, spec: { name, args } };
    }),
  );

describe('rendering', () => {
  it('gives the same bytes for the same job, however it is paged', async () => {
    const pageSize = fc.integer({ min: 1, max: 20 });
    await fc.assert(
      fc.asyncProperty(someTasks, pageSize, pageSize, async (tasks, one, other) => {
        const first = await render(finishedJob(URL), tasks, one);
        expect(await render(finishedJob(URL), structuredClone(tasks), other)).toBe(first);
        expect(JSON.parse(first)).toMatchObject({
          tasks: tasks.map((task) => taskBody(task, true)),
        });
      }),
    );
  });
});
