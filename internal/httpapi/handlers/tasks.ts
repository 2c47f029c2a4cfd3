import type { Request } from 'express';
import type { Answer } from '../../apis/answers/index.ts';
import { TASK_PHASES, type TaskPhase } from '../../apis/index.ts';
import type { TaskView } from '../../store/ports.ts';
import type { Handler } from '../access/caller.ts';
import { isoTime } from '../job-resource.ts';
import { ApiProblem, notFound } from '../problem.ts';
import { optionalNumber } from '../query.ts';
import { jobOf } from '../resolve.ts';
import { taskPhase } from '../task-state.ts';

const DEFAULT_LIMIT = 500;
const MAX_LIMIT = 1000;
/** Tasks looked at for one answer. */
const MOST_READ = 20_000;

/** `GET` of the tasks of a job, without their output. `continue` is the index of the next one. */
export const tasks: Handler = async (request, response, { jobs, catalog }) => {
  const limit = optionalNumber(request, 'limit', [1, MAX_LIMIT], DEFAULT_LIMIT);
  const from = optionalNumber(request, 'continue', [0, 1e9], 0);
  const phase = phaseOf(request);
  const uid = await jobOf(request, catalog);
  const job = await jobs.getJob(uid);
  if (job === undefined) throw notFound('There is no such job. Check the id.');
  const finished = job.status.phase !== 'Running';
  const { total } = job.status.counts;
  const end = Math.min(total, from + MOST_READ);
  const items: Answer<'Task'>[] = [];
  let next = from;
  while (next < end && items.length < limit) {
    const page = await catalog.listTasks(uid, next, limit);
    if (page.length === 0) throw notFound('The job was removed meanwhile.');
    for (const view of page) {
      if (items.length === limit) break;
      next = view.index + 1;
      const item = taskItem(view, finished);
      if (phase === undefined || phase === item.phase) items.push(item);
    }
  }
  const metadata = next < total ? { continue: String(next) } : {};
  response.set('Cache-Control', 'no-store').json({ items, metadata });
};

function phaseOf(request: Request): TaskPhase | undefined {
  const given = request.query['phase'];
  if (given === undefined) return undefined;
  const phase = TASK_PHASES.find((known) => known === given);
  if (phase !== undefined) return phase;
  throw new ApiProblem(400, `"phase" must be one of ${TASK_PHASES.join(', ')}.`);
}

function taskItem(view: TaskView, finished: boolean): Answer<'Task'> {
  const { index, spec, attempt, result } = view;
  const verdict = result?.verdict;
  return {
    index,
    name: spec.name,
    phase: taskPhase(view, finished),
    attempts: result?.attempts ?? attempt ?? 0,
    losses: result?.losses ?? 0,
    exitStatus: verdict?.exitStatus ?? null,
    ...(verdict?.reason === undefined ? {} : { reason: verdict.reason }),
    ...(verdict?.message === undefined ? {} : { message: verdict.message }),
    ...(verdict?.startedAt === undefined ? {} : { startedAt: isoTime(verdict.startedAt) }),
    ...(verdict?.finishedAt === undefined ? {} : { finishedAt: isoTime(verdict.finishedAt) }),
    ...(verdict?.nodeId === undefined ? {} : { node: verdict.nodeId }),
  };
}
