import type { Job, TaskResult, Verdict } from '../../apis/index.ts';
import type { JobReader, TaskView } from '../../store/ports.ts';
import { renderBody } from '../render.ts';

export const UID = '01JGFJJZ000000000000000000';

/** A finished job. */
export function finishedJob(url?: string, uid: string = UID): Job {
  return {
    metadata: {
      ...{ namespace: 'default', name: 'one', resourceVersion: 1 },
      ...{ uid, creationTimestamp: 0 },
    },
    spec: {
      image: 'alpine:3.20',
      backoffLimit: 0,
      lossLimit: 10,
      outputLimitBytes: 1024 * 1024,
      ...(url === undefined ? {} : { callback: { url } }),
    },
    status: {
      phase: 'Complete',
      counts: { total: 1, pending: 0, active: 0, succeeded: 1, failed: 0, cancelled: 0 },
      conditions: [],
    },
  };
}

export function pendingTask(index: number): TaskView {
  return { index, spec: { name: `task-${index}`, args: [] } };
}

/** A task that ended with status 0 and this output, all of it kept. */
export function endedTask(
  index: number,
  stdout: string | Buffer = '',
  verdict: Partial<Verdict> = {},
): TaskView {
  const bytes = Buffer.from(stdout);
  const result: TaskResult = {
    verdict: { outcome: 'Succeeded', exitStatus: 0, source: 'service', ...verdict },
    output: {
      stdout: { bytes: bytes.length, truncated: false },
      stderr: { bytes: 0, truncated: false },
      log: { state: 'complete' },
    },
    attempts: 1,
    losses: 0,
  };
  return { ...pendingTask(index), attempt: 1, result, stdout: bytes, stderr: Buffer.alloc(0) };
}

/** A task whose last attempt ended so, with this output, and that waits for the next one. */
export function waitingTask(index: number, stdout: string, verdict: Partial<Verdict>): TaskView {
  const { result, attempt: _, ...task } = endedTask(index, stdout, verdict);
  return result === undefined
    ? task
    : { ...task, waiting: { attempts: 1, losses: 0, last: result } };
}

/** One job with its tasks, in memory. */
export class MemoryJob implements JobReader {
  /** Every page asked for. */
  readonly pages: { from: number; limit: number }[] = [];
  /** What the next calls throw in turn, before they answer again. */
  readonly jobErrors: Error[] = [];
  /** Throws this when the task with that index is asked for. */
  taskError: { index: number; error: Error } | undefined;
  readonly #job: Job;
  readonly #tasks: TaskView[];

  constructor(job: Job, tasks: TaskView[] = []) {
    this.#job = job;
    this.#tasks = tasks;
  }

  async getJob(uid: string): Promise<Job | undefined> {
    const error = this.jobErrors.shift();
    if (error !== undefined) throw error;
    return uid === this.#job.metadata.uid ? this.#job : undefined;
  }

  async readTasks(_uid: string, from: number, limit: number): Promise<TaskView[]> {
    this.pages.push({ from, limit });
    const broken = this.taskError;
    if (broken && broken.index >= from && broken.index < from + limit) throw broken.error;
    return this.#tasks.slice(from, from + limit);
  }
}

/** Everything that an iterable gives. */
export async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The whole body as one text. */
export async function bodyText(job: Job, pages: AsyncIterable<TaskView[]>): Promise<string> {
  return (await gather(renderBody(job, pages))).join('');
}
