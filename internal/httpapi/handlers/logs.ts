import type { Request, Response } from 'express';
import type { Answer } from '../../apis/answers/index.ts';
import {
  attemptOf,
  type EarlierAttempts,
  isFinished,
  type Job,
  newestOf,
} from '../../apis/index.ts';
import type { LogSnapshot, TaskView } from '../../store/ports.ts';
import { decodeOutput, endedTask, newestAttempt, taskBody } from '../../wire/index.ts';
import type { Caller, Handler } from '../access/caller.ts';
import { type FollowedTask, type FollowOptions, LogFollower } from '../log-follower.ts';
import { ApiProblem, notFound } from '../problem.ts';
import { flagOf, optionalNumber } from '../query.ts';
import { jobOf } from '../resolve.ts';
import { openSse } from '../sse.ts';
import { pendingReason, taskState } from '../task-state.ts';
import { noTask, taskIndex, UNSTARTED } from './which-task.ts';

/** How long a controller may take to say what a running task has written, in ms. */
const SNAPSHOT_MS = 5000;

/**
 * `GET /v1/jobs/<id>/logs?task=<name or index>&follow=true`: the output of one task. With `follow` an
 * event stream until the task is counted; else what is stored, or what there is so far; with
 * `attempt=<number>` that of one of its attempts.
 */
export function logs(options: Pick<FollowOptions, 'clock' | 'log'>): Handler {
  return async (request, response, { jobs, logs, catalog }) => {
    const follow = flagOf(request, 'follow');
    const all = { ...options, jobs, logs };
    const attempt = optionalNumber(request, 'attempt', [1, MOST_ATTEMPTS], undefined);
    if (follow && attempt !== undefined) throw new ApiProblem(400, ONE_OR_THE_OTHER);
    const task = await taskOf(all, await jobOf(request, catalog), request.query['task']);
    if (follow) return sendLog(all, task, request, response);
    const { view, kept } = await (attempt === undefined
      ? outputOf(all, task, response)
      : outputOfAttempt({ ...all, catalog }, task, attempt, response));
    const state = taskState(view, isFinished(task.job.status.phase));
    const body: Answer<'TaskOutput'> = { task: task.name, index: task.index, ...kept, ...state };
    response.set('Cache-Control', 'no-store').json(body);
  };
}

const MOST_ATTEMPTS = 1e9;
const ONE_OR_THE_OTHER =
  '"attempt" and "follow" exclude each other: what an attempt has written is read without "follow".';

/** A task of a job that exists. */
interface LoggedTask extends FollowedTask {
  job: Job;
  view: TaskView;
}

/** @throws ApiProblem 400 when no task is named and there are several, 404. */
async function taskOf(
  { jobs, logs }: FollowOptions,
  uid: string,
  given: unknown,
): Promise<LoggedTask> {
  const job = await jobs.getJob(uid);
  if (job === undefined) throw notFound('There is no such job. Check the id.');
  const index = await indexOf(logs, uid, given, job.status.counts.total);
  const [view] = await jobs.readTasks(uid, index, 1);
  if (view === undefined) throw noTask(given);
  return { uid, index, name: view.spec.name, job, view: endedTask(view, job.status) };
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
  return taskIndex(logs, uid, given);
}

async function sendLog(
  options: FollowOptions,
  task: LoggedTask,
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

/** What there is of the output of an attempt, with its task as it then stood. */
interface Found {
  view: TaskView;
  kept: Kept;
}

/** Of the last attempt, or of the one that runs. */
async function outputOf(
  options: FollowOptions,
  task: LoggedTask,
  response: Response,
): Promise<Found> {
  const { view, job } = task;
  const finished = isFinished(job.status.phase);
  if (view.result !== undefined || finished) return { view, kept: stored(view, finished) };
  return view.attempt === undefined
    ? { view, kept: waiting(view, job) }
    : soFar(options, view.attempt, task, response);
}

/**
 * Of one of its attempts.
 * @throws ApiProblem 404 when there was none of that number, or it is not kept.
 */
async function outputOfAttempt(
  options: FollowOptions & Pick<Caller, 'catalog'>,
  task: LoggedTask,
  attempt: number,
  response: Response,
): Promise<Found> {
  const { uid, index, view } = task;
  const newest = newestAttempt(view);
  if (attempt > newest) throw notFound(`The newest attempt of the task is number ${newest}.`);
  const last = view.result ?? view.waiting?.last;
  if (last !== undefined && attemptOf(last) === attempt) return outputOf(options, task, response);
  if (last?.of !== undefined && newestOf(last) === attempt) {
    return { view, kept: nothing(attempt, 'unavailable', UNSTARTED) };
  }
  if (view.attempt === attempt && view.result === undefined) {
    const found = await soFar(options, attempt, task, response);
    // Another one has taken its place meanwhile.
    if (found.kept.attempt === attempt) return found;
  }
  const earlier = await options.catalog.earlierAttempts(uid, index);
  const known = earlier.kept.find((one) => one.attempt === attempt);
  if (known === undefined) throw notFound(notKept(attempt, earlier));
  const { verdict, output } = known;
  if (known.dropped) {
    const why = output.log.state === 'unavailable' ? output.log.reason : '';
    throw notFound(`The output of attempt ${attempt} is not kept: ${why}.`);
  }
  const bytes = await options.logs.earlierOutput(uid, index, attempt);
  const result = { verdict, output, attempts: attempt, losses: 0 };
  const then = { index, spec: view.spec, ...bytes, result };
  return { view: then, kept: stored(then, true) };
}

function notKept(attempt: number, { kept }: EarlierAttempts): string {
  const known = kept.map((one) => one.attempt).join(', ');
  const which = known === '' ? 'none of its earlier ones is' : `kept are ${known}`;
  return (
    `Attempt ${attempt} is not kept: of the attempts that did not succeed the first and the last ` +
    `three are; ${which}.`
  );
}

/** What there is while the task has no current attempt: the output of its last one, if it had any. */
function waiting(view: TaskView, job: Job): Kept {
  const last = view.waiting?.last;
  if (last !== undefined) return stored({ ...view, result: last }, true);
  return nothing(newestAttempt(view), 'pending', pendingReason(job, view));
}

/** What a task has written so far; of one that has ended meanwhile what was stored. */
async function soFar(
  { jobs, logs, clock }: FollowOptions,
  attempt: number,
  { uid, index, view, job }: LoggedTask,
  response: Response,
): Promise<Found> {
  const over = new AbortController();
  const abort = () => over.abort();
  const cancel = clock.after(SNAPSHOT_MS, abort);
  response.once('close', abort);
  const snapshot = await logs.askLog(uid, index, over.signal).finally(cancel);
  if (snapshot !== undefined && 'output' in snapshot) return { view, kept: running(snapshot) };
  const [now] = await jobs.readTasks(uid, index, 1);
  if (now?.result !== undefined) return { view: now, kept: stored(now, true) };
  if (now !== undefined && now.attempt === undefined) return { view: now, kept: waiting(now, job) };
  const log = snapshot?.pending ? 'pending' : 'unavailable';
  return { view, kept: nothing(attempt, log, snapshot?.unknown ?? NO_CONTROLLER) };
}

const NO_CONTROLLER =
  `no controller has read the log within ${SNAPSHOT_MS / 1000} s: check that one runs and ` +
  'reaches the engine, and ask again';

function stored(view: TaskView, finished: boolean): Kept {
  const { stdout, stderr, truncated, log, log_reason } = taskBody(view, finished).result;
  const reason = log_reason === undefined ? {} : { log_reason };
  const attempt = view.result === undefined ? newestAttempt(view) : attemptOf(view.result);
  return { attempt, stdout, stderr, truncated, log, ...reason };
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
