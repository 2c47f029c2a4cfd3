import type { Job } from '../../apis/index.ts';
import type { JobCatalog } from '../../store/ports.ts';

/** Jobs looked at for one answer: a selector that fits none must not read them all at once. */
const MOST_READ = 10_000;
const MOST_AT_ONCE = 500;

/** Which jobs a request is about. */
export interface JobSelection {
  /** All of them unless given. */
  namespace?: string;
  matches(job: Job): boolean;
}

/** The next jobs that match. `next` is absent when there are no more. */
export async function select(
  catalog: JobCatalog,
  { namespace, matches }: JobSelection,
  { after, limit }: { after: string; limit: number },
): Promise<{ jobs: Job[]; next?: string }> {
  const found: Job[] = [];
  let from = after;
  // Without a selector the first part is the answer; the fewer jobs match, the more are read at once.
  let part = Math.min(limit, MOST_AT_ONCE);
  for (let read = 0; read < MOST_READ; read += part, part = Math.min(2 * part, MOST_AT_ONCE)) {
    const page = { after: from, limit: part, ...(namespace === undefined ? {} : { namespace }) };
    const { jobs, next } = await catalog.listJobs(page);
    for (const job of jobs) {
      if (!matches(job)) continue;
      found.push(job);
      if (found.length === limit) return { jobs: found, next: job.metadata.uid };
    }
    if (next === undefined) return { jobs: found };
    from = next;
  }
  return { jobs: found, next: from };
}
