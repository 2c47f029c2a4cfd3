import {
  attemptOf,
  type EarlierAttempt,
  type EarlierAttempts,
  logReason,
  newestOf,
} from '../../apis/index.ts';
import type { TaskView } from '../../store/ports.ts';
import type { Handler } from '../access/caller.ts';
import { notFound } from '../problem.ts';
import { jobOf } from '../resolve.ts';
import { taskItem, verdictItem } from './tasks.ts';
import { noTask, taskIndex, UNSTARTED } from './which-task.ts';

/** `GET` of one task, by its name or index, with what each of its attempts came to. */
export const task: Handler = async (request, response, { jobs, catalog, logs }) => {
  const uid = await jobOf(request, catalog);
  const job = await jobs.getJob(uid);
  if (job === undefined) throw notFound('There is no such job. Check the id.');
  const given = request.params['task'];
  const index = await taskIndex(logs, uid, String(given));
  // The task first: what another attempt follows in between is then missing in neither.
  const [view] = await catalog.listTasks(uid, index, 1);
  if (view === undefined) throw noTask(given);
  const earlier = await catalog.earlierAttempts(uid, index);
  response.set('Cache-Control', 'no-store').json({
    ...taskItem(view, job.status),
    attemptHistory: history(view, earlier),
    attemptsNotKept: earlier.between,
  });
};

/** Every attempt that is known, oldest first. */
function history(view: TaskView, { kept }: EarlierAttempts): object[] {
  const newest = kept.at(-1)?.attempt ?? 0;
  const last = view.result ?? view.waiting?.last;
  const current = view.result === undefined ? view.attempt : undefined;
  const items: object[] = kept.map((earlier) => {
    const item = attemptItem(earlier);
    return earlier.dropped ? { ...item, dropped: true } : item;
  });
  if (last !== undefined && attemptOf(last) > newest) {
    items.push(attemptItem({ ...last, attempt: attemptOf(last) }));
  }
  if (last?.of !== undefined) items.push(unstarted(newestOf(last)));
  if (current !== undefined && current > newest) {
    items.push({ attempt: current, phase: 'Active', ...verdictItem(undefined) });
  }
  return items;
}

function attemptItem({ attempt, verdict, output }: Omit<EarlierAttempt, 'dropped'>) {
  const { stdout, stderr, log } = output;
  const log_reason = logReason(log);
  const why = log_reason === undefined ? {} : { log_reason };
  const kept = { stdout, stderr, log: log.state, ...why };
  return { attempt, phase: verdict.outcome, ...verdictItem(verdict), output: kept };
}

function unstarted(attempt: number) {
  return { attempt, phase: 'Cancelled', ...verdictItem(undefined), message: UNSTARTED };
}
