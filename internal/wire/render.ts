import { isFinished, type Job } from '../apis/index.ts';
import type { TaskView } from '../store/ports.ts';
import { endedTask } from './ended-task.ts';
import { taskBody } from './task-body.ts';

/** Characters gathered before a chunk is given out, so that small tasks do not make small writes. */
const CHUNK_CHARS = 32 * 1024;

/**
 * The body of the callback and of `GET /status/<id>`, as JSON text in chunks:
 * `{"__image","__callback_url","tasks":[…],"__job_id","__phase"}`. Holds one page at a time.
 * Reads neither clock nor chance: the same stored job always gives the same bytes.
 *
 * @param pages of its tasks, in submission order, as `pageTasks` gives them. What it throws passes through.
 */
export async function* renderBody(
  job: Job,
  pages: AsyncIterable<readonly TaskView[]>,
): AsyncGenerator<string, void, undefined> {
  let pending = head(job);
  const finished = isFinished(job.status.phase);
  let separator = '';
  for await (const page of pages) {
    for (const task of page) {
      pending += separator + JSON.stringify(taskBody(endedTask(task, job.status), finished));
      separator = ',';
      if (pending.length < CHUNK_CHARS) continue;
      yield pending;
      pending = '';
    }
  }
  yield pending + tail(job);
}

function head(job: Job): string {
  const image = JSON.stringify(job.spec.image);
  const url = JSON.stringify(job.spec.callback?.url ?? null);
  return `{"__image":${image},"__callback_url":${url},"tasks":[`;
}

function tail(job: Job): string {
  const uid = JSON.stringify(job.metadata.uid);
  return `],"__job_id":${uid},"__phase":${JSON.stringify(job.status.phase)}}`;
}
