import type { Client } from '../client.ts';
import { jobPath } from '../path.ts';
import type { TaskWithAttempts } from '../resources.ts';
import type { TaskRef } from './follow-task.ts';

/** A task with what each of its attempts came to. */
export function readAttempts(client: Client, ref: TaskRef): Promise<TaskWithAttempts> {
  return client.get<TaskWithAttempts>(jobPath(ref.namespace, ref.job, ['tasks', ref.task]));
}

/**
 * The number of the attempt before the current one, or before the last one when none is current. Of a
 * task that waits for its next attempt it is the last one.
 * @returns undefined when there was none.
 */
export function previousAttempt({ phase, attemptHistory }: TaskWithAttempts): number | undefined {
  return attemptHistory.at(phase === 'Pending' ? -1 : -2)?.attempt;
}
