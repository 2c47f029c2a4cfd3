import type { Request, Response } from 'express';
import type { Answer } from '../../apis/answers/index.ts';
import { isFinished, type Job } from '../../apis/index.ts';
import type { LogSnapshot, TaskView } from '../../store/ports.ts';
import { decodeOutput, taskBody } from '../../wire/index.ts';
import type { Handler } from '../access/caller.ts';
import { type FollowedTask, type FollowOptions, LogFollower } from '../log-follower.ts';
import { ApiProblem, notFound } from '../problem.ts';
import { flagOf } from '../query.ts';
import { jobOf } from '../resolve.ts';
import { openSse } from '../sse.ts';
import { pendingReason, taskState } from '../task-state.ts';

/** How long a controller may take to say what a running task has written, in ms. */
const SNAPSHOT_MS = 5000;

/**
 * `GET /v1/jobs/<id>/logs?task=<name or index>&follow=true`: the output of one task. With `follow` an
 * event stream until the task is counted; else what is stored, or what there is so far.
 */
export function logs(options: Pick<FollowOptions, 'clock' | 'log'>): Handler {
  return async (request, response, { jobs, logs, catalog }) => {
    const follow = flagOf(request, 'follow');
    const all = { ...options, jobs, logs };
    const view = await taskOf(all, await jobOf(request, catalog), request.query['task']);
    if (follow) await sendLog(all, view, request, response);
    else await sendOutput(all, view, response);
  };
}

/** A task of a job that exists. */
interface Found extends FollowedTask {
  job: Job;
  view: TaskView;
}

/** @throws ApiProblem 400 when no task is named and there are several, 404. */
async function taskOf({ jobs, logs }: FollowOptions, uid: string, given: unknown): Promise<Found> {
  const job = await jobs.getJob(uid);
  if (job === undefined) throw notFound('There is no such job. Check the id.');
  const index = await indexOf(logs, uid, given, job.status.counts.total);
  const [view] = await jobs.readTasks(uid, index, 1);
  if (view === undefined) throw noTask(given);
  return { uid, index, name: view.spec.name, job, view };
}

async function indexOf(
  logs: FollowOptions['logs'],
  uid: string,
  given: unknown,
  total: number,
): Promise<number> {
  if (total === 0) throw notFound('The job has no tasks yet. Add some first.');
  if (given === undefined && total === 1) return 0;
  if (typeof given !== 'string' || given === '') {
    const say = `The job has ${total} tasks. Say which one with "task=<name>" or "task=<index>"`;
    throw new ApiProblem(400, `${say}; GET …/tasks lists them.`);
  }
  const index = await logs.findTask(uid, given);
  if (index !== undefined) return index;
  if (/^\d{1,9}$/.test(given)) return Number(given);
  throw noTask(given);
}

function noTask(given: unknown): ApiProblem {
  const name = JSON.stringify(given ?? '');
  return notFound(`The job has no task ${name}, by name or by index. GET …/tasks lists them.`);
}

async function sendLog(
  options: FollowOptions,
  task: Found,
  request: Request,
  response: Response,
): Promise<void> {
  const sse = openSse(request, response, options);
  try {
    await new LogFollower(options, task, sse).run();
  } catch (err) {
    // The status was sent: a stream that has no "end" tells the client to come again.
    options.log.error({ err, job: task.uid, task: task.index }, 'a log could not be followed on');
  } finally {
    sse.end();
  }
}

/** What there is of a log, beside whose it is and how its task stands. */
type Kept = Omit<
  Answer<'TaskOutput'>,
  'task' | 'index' | 'phase' | 'exitStatus' | 'reason' | 'message'
>;

async function sendOutput(options: FollowOptions, task: Found, response: Response): Promise<void> {
  const { index, name, job } = task;
  const finished = isFinished(job.status.phase);
  const isOver = task.view.result !== undefined || finished;
  const { view, kept } = isOver
    ? { view: task.view, kept: stored(task.view, finished) }
    : await soFar(options, task, response);
  const state = taskState(view, finished);
  const body: Answer<'TaskOutput'> = { task: name, index, ...kept, ...state };
  response.set('Cache-Control', 'no-store').json(body);
}

/** What a task has written so far; of one that has ended meanwhile what was stored. */
async function soFar(
  { jobs, logs, clock }: FollowOptions,
  { uid, index, view, job }: Found,
  response: Response,
): Promise<{ view: TaskView; kept: Kept }> {
  if (view.attempt === undefined) return { view, kept: nothing(0, 'pending', pendingReason(job)) };
  const over = new AbortController();
  const abort = () => over.abort();
  const cancel = clock.after(SNAPSHOT_MS, abort);
  response.once('close', abort);
  const snapshot = await logs.askLog(uid, index, over.signal).finally(cancel);
  if (snapshot !== undefined && 'output' in snapshot) return { view, kept: running(snapshot) };
  const [now] = await jobs.readTasks(uid, index, 1);
  if (now?.result !== undefined) return { view: now, kept: stored(now, true) };
  if (now !== undefined && now.attempt === undefined) {
    return { view: now, kept: nothing(0, 'pending', pendingReason(job)) };
  }
  const log = snapshot?.pending ? 'pending' : 'unavailable';
  return { view, kept: nothing(view.attempt, log, snapshot?.unknown ?? NO_CONTROLLER) };
}

const NO_CONTROLLER =
  `no controller has read the log within ${SNAPSHOT_MS / 1000} s: check that one runs and ` +
  'reaches the engine, and ask again';

function stored(view: TaskView, finished: boolean): Kept {
  const { result, attempts } = taskBody(view, finished);
  const { stdout, stderr, truncated, log, log_reason } = result;
  const reason = log_reason === undefined ? {} : { log_reason };
  return { attempt: attempts, stdout, stderr, truncated, log, ...reason };
}

function running({ attempt, output }: Extract<LogSnapshot, { output: unknown }>): Kept {
  const { summary, stdout, stderr } = output;
  const { log } = summary;
  return {
    attempt,
    stdout: decodeOutput(stdout, summary.stdout.truncated),
    stderr: decodeOutput(stderr, summary.stderr.truncated),
    truncated: summary.stdout.truncated || summary.stderr.truncated,
    ...(log.state === 'unavailable'
      ? { log: 'unavailable', log_reason: log.reason }
      : { log: 'running' }),
  };
}

function nothing(attempt: number, log: 'pending' | 'unavailable', log_reason: string): Kept {
  return { attempt, stdout: null, stderr: null, truncated: false, log, log_reason };
}
