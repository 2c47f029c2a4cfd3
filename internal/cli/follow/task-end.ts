import { EXIT } from '../errors.ts';
import type { TaskEnd, TaskOutput } from '../resources.ts';

/**
 * The code that `run` exits with: the process's own. Without one, 6 when a time limit ended the task,
 * 130 when it was cancelled, else 3. A status of 0 of a task that did not succeed is a 3 too.
 */
export function exitCodeOf({ phase, exitStatus }: TaskEnd): number {
  // The status of one that was cancelled is of an attempt before that.
  if (exitStatus === null || phase === 'Cancelled') return WITHOUT_STATUS[phase] ?? EXIT.jobFailed;
  if (exitStatus === 0 && phase !== 'Succeeded') return EXIT.jobFailed;
  return exitStatus >= 0 && exitStatus <= 255 ? exitStatus : EXIT.jobFailed;
}

const WITHOUT_STATUS: Readonly<Record<string, number>> = {
  TimedOut: EXIT.timedOut,
  Cancelled: EXIT.interrupted,
};

/** What to say of a task that has no exit status of its own, or whose output is not all there. */
export function endNotes(end: Omit<TaskEnd, 'log'> & Pick<TaskOutput, 'log'>): string[] {
  const notes: string[] = [];
  const isOwn = end.exitStatus !== null && end.phase !== 'Cancelled';
  if (!isOwn || (end.exitStatus === 0 && end.phase !== 'Succeeded')) {
    const why = [end.reason, end.message].filter(Boolean).join(': ');
    notes.push(`task ${end.task} is ${end.phase}${why === '' ? '' : `: ${why}`}`);
  }
  return [...notes, ...missingNotes(end)];
}

/** Why not all of a task's output is there, in the words of the server. */
export function missingNotes(of: Pick<TaskOutput, 'task' | 'log' | 'log_reason'>): string[] {
  const { task, log, log_reason } = of;
  const why = log_reason === undefined ? '' : `: ${log_reason}`;
  if (log === 'pending') return [`task ${task} has no output yet${why}`];
  if (log === 'partial') return [`of the output of task ${task} something may be missing${why}`];
  return log === 'unavailable' ? [`the output of task ${task} is not available${why}`] : [];
}
