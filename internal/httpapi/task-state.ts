import type { Answer } from '../apis/answers/index.ts';
import type { Job, TaskPhase } from '../apis/index.ts';
import type { TaskView } from '../store/ports.ts';
import { taskBody } from '../wire/index.ts';

/** @param finished true when the job is: a task without a result never ran then. */
export function taskPhase({ attempt, result }: TaskView, finished: boolean): TaskPhase {
  if (result !== undefined) return result.verdict.outcome;
  if (finished) return 'Cancelled';
  return attempt === undefined ? 'Pending' : 'Active';
}

/** Where a task stands, and why, as its log tells it. */
export function taskState(
  view: TaskView,
  finished: boolean,
): Pick<Answer<'TaskOutput'>, 'phase' | 'exitStatus' | 'reason' | 'message'> {
  const body = taskBody(view, finished);
  // Of a task that waits for its next attempt: what the last one came to.
  const { status, reason, message } = body.last_attempt ?? body;
  return {
    phase: taskPhase(view, finished),
    exitStatus: status,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  };
}

/** Why a task without an attempt has none. */
export function pendingReason({ spec }: Job, view: TaskView | undefined): string {
  if (spec.suspend) return 'the job is suspended: nothing is started until it is resumed';
  return view?.waiting?.last === undefined
    ? 'the task has not been started'
    : 'the task waits for its next attempt';
}
