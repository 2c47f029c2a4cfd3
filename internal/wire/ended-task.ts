import { isFinished, type JobStatus, untriedResult } from '../apis/index.ts';
import type { TaskView } from '../store/ports.ts';

/**
 * A task as the end of its job leaves it: one that waited for its next attempt then is cancelled, with
 * what its last attempt came to. Any other task as it is. Pure.
 */
export function endedTask(
  task: TaskView,
  { phase, ending }: Pick<JobStatus, 'phase' | 'ending'>,
): TaskView {
  const { waiting, result } = task;
  if (!isFinished(phase) || result !== undefined || waiting?.last === undefined) return task;
  const why = ending?.message ?? 'the job ended';
  return { ...task, result: untriedResult(waiting.last, waiting, why) };
}
