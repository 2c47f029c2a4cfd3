import type { Request } from 'express';
import type { Answer } from '../../apis/answers/index.ts';
import {
  isFinished,
  type JobStatus,
  TASK_PHASES,
  type TaskPhase,
  type Verdict,
} from '../../apis/index.ts';
import type { TaskView } from '../../store/ports.ts';
import { attemptsOf, endedTask } from '../../wire/index.ts';
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
      const item = taskItem(view, job.status);
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

/** Of a task that waits for its next attempt: what the last one came to. */
export function taskItem(view: TaskView, job: JobStatus): Answer<'Task'> {
  const ended = endedTask(view, job);
  const { index, spec, attempt, waiting, result } = ended;
  const shown = result ?? (attempt === undefined ? waiting?.last : undefined);
  return {
    index,
    name: spec.name,
    phase: taskPhase(ended, isFinished(job.phase)),
    attempts: attemptsOf(view),
    losses: result?.losses ?? waiting?.losses ?? 0,
    ...verdictItem(shown?.verdict),
  };
}

/** What an attempt came to, as it is shown. */
export function verdictItem(verdict: Verdict | undefined) {
  return {
    exitStatus: verdict?.exitStatus ?? null,
    ...(verdict?.reason === undefined ? {} : { reason: verdict.reason }),
    ...(verdict?.message === undefined ? {} : { message: verdict.message }),
    ...(verdict?.startedAt === undefined ? {} : { startedAt: isoTime(verdict.startedAt) }),
    ...(verdict?.finishedAt === undefined ? {} : { finishedAt: isoTime(verdict.finishedAt) }),
    ...(verdict?.nodeId === undefined ? {} : { node: verdict.nodeId }),
  };
}
