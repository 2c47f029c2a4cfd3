import type { JobReader, TaskView } from '../store/ports.ts';

/** Most tasks in one page: some hundred read at once cost little more than one. */
const MAX_PAGE = 512;
/** A page of so many is whole, however large; one of more is cut by the store where it would be too large. */
const WHOLE_PAGE = 16;
/** Tasks in the first page, when nothing is known of their size yet. */
const FIRST_PAGE = 4;
/** Bytes of output that a page should come to. */
const PAGE_BYTES = 1024 * 1024;

/**
 * A job's tasks in submission order, page by page, as one by one costs more than reading them; only one page is
 * held at any time. A page after large outputs is small, and grows again by doubling, up to `pageSize` tasks.
 *
 * @param pageSize most tasks per page; 512 unless told.
 * @throws StoreError as `readTasks` does.
 */
export async function* pageTasks(
  reader: Pick<JobReader, 'readTasks'>,
  uid: string,
  pageSize: number = MAX_PAGE,
): AsyncGenerator<TaskView[], void, undefined> {
  let limit = Math.min(FIRST_PAGE, pageSize);
  let from = 0;
  for (;;) {
    const page = await reader.readTasks(uid, from, limit);
    if (page.length > 0) yield page;
    if (page.length === 0 || (page.length < limit && limit <= WHOLE_PAGE)) return;
    from += page.length;
    limit = nextLimit(page, pageSize);
  }
}

/** Sized by the largest task seen, not the mean: one task can be as large as all others together. */
function nextLimit(page: readonly TaskView[], pageSize: number): number {
  const largest = page.reduce((most, task) => Math.max(most, outputBytes(task)), 1);
  const fitting = Math.floor(PAGE_BYTES / largest);
  return Math.max(1, Math.min(fitting, page.length * 2, pageSize));
}

function outputBytes(task: TaskView): number {
  return (task.stdout?.length ?? 0) + (task.stderr?.length ?? 0);
}
