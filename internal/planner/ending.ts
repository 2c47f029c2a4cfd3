import { type Job, type JobEnding, msToDeadline } from '../apis/index.ts';

/**
 * Why a job is to end before all its tasks have; undefined while it is not. A user's wish comes first,
 * then success, then the limits.
 */
export function jobEnding({ spec, status }: Job, now: number): JobEnding | undefined {
  const { counts } = status;
  if (spec.cancel) {
    return { phase: 'Cancelled', reason: 'CancelRequested', message: 'the job was cancelled' };
  }
  const wanted = spec.successPolicy?.succeededCount;
  if (wanted !== undefined && counts.succeeded >= wanted) {
    const message = `${counts.succeeded} tasks succeeded, ${wanted} were asked for`;
    return { phase: 'Complete', reason: 'SuccessPolicy', message };
  }
  const failed = counts.failed - (status.failedBefore ?? 0);
  if (spec.maxFailedTasks !== undefined && failed > spec.maxFailedTasks) {
    const message = `${failed} tasks failed, at most ${spec.maxFailedTasks} may`;
    return { phase: 'Failed', reason: 'MaxFailedTasksExceeded', message };
  }
  if (deadlineLeftMs({ spec, status }, now) === 0) {
    const message = `the job took longer than ${spec.activeDeadlineSeconds} s`;
    return { phase: 'Failed', reason: 'DeadlineExceeded', message };
  }
  return undefined;
}

/** Ms until the job's deadline, 0 when it is over; undefined when it has none, or has not begun. */
export function deadlineLeftMs(
  { spec, status }: Pick<Job, 'spec' | 'status'>,
  now: number,
): number | undefined {
  const { activeDeadlineSeconds: seconds, suspend } = spec;
  // Suspended by an earlier version, which noted no time: what it has used nobody knows.
  if (seconds === undefined || (suspend && status.suspendedAt === undefined)) return undefined;
  return msToDeadline(seconds, status, now);
}
