import type { LogReader } from '../../store/ports.ts';
import { type ApiProblem, notFound } from '../problem.ts';

/**
 * The index of a task that is given by its name or by its index. A name goes first.
 * @throws ApiProblem 404 for what is neither.
 */
export async function taskIndex(
  logs: Pick<LogReader, 'findTask'>,
  uid: string,
  given: string,
): Promise<number> {
  const index = await logs.findTask(uid, given);
  if (index !== undefined) return index;
  if (/^\d{1,9}$/.test(given)) return Number(given);
  throw noTask(given);
}

export function noTask(given: unknown): ApiProblem {
  const name = JSON.stringify(given ?? '');
  return notFound(`The job has no task ${name}, by name or by index. GET …/tasks lists them.`);
}

/** Of an attempt that came to nothing. */
export const UNSTARTED = 'it was stopped before it was started';
