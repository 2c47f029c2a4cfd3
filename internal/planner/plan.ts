import { isFinished, type Job, type Verdict } from '../apis/index.ts';
import type { Action, JobAction, RequeueAfter } from './actions.ts';
import { dispose, keepsLast, outputSource } from './disposition.ts';
import { deadlineLeftMs, jobEnding } from './ending.ts';
import { containerEndedAt, goneLeftMs, stuckMessage } from './gone.ts';
import {
  allowsForReport,
  ended,
  hasOwnReport,
  judge,
  reportGraceLeft,
  unexplained,
} from './judge.ts';
import { roomForNew, roomForTasks, waitForRoom } from './max-per-node.ts';
import { closedNodeDelay, outdated } from './placement.ts';
import type { AttemptView, Snapshot } from './snapshot.ts';
import { timeLeftMs, timeLimit, timeNote } from './time-limits.ts';
import {
  behindOthersMs,
  isStanding,
  isToWait,
  isUnsuited,
  type Placing,
  placedNote,
  placings,
  unplacedLeftMs,
  waitsForNode,
} from './unplaced.ts';

/**
 * What to do about one job. Pure: the same snapshot always gives the same actions. Every action may
 * be lost, and every one but StartTasks repeated; the next plan starts from what was recorded. A
 * settled world plans nothing.
 */
export function plan(snapshot: Snapshot): Action[] {
  const { job, now } = snapshot;
  if (isFinished(job.status.phase)) return [];
  const ending = job.status.ending === undefined ? jobEnding(job, now) : undefined;
  if (ending !== undefined) return [{ type: 'EndJob', ending }];
  const attempts = snapshot.attempts.filter((view) => !snapshot.busy.has(view.index));
  const context = { room: roomForNew(snapshot), placing: placings(snapshot) };
  return [
    ...attempts.flatMap((view) => planAttempt(snapshot, view, context)),
    ...planJob(snapshot),
  ];
}

/** What was decided about all attempts of a job together. */
interface Together {
  /** What each new service is to be kept from, where the job limits how many a node may have. */
  room: ReadonlyMap<number, string[]> | undefined;
  placing: ReadonlyMap<number, Placing>;
}

function planAttempt(snapshot: Snapshot, view: AttemptView, { room, placing }: Together): Action[] {
  const { record, index } = view;
  if (record.verdict !== undefined) return finish(snapshot, view, record.verdict);
  const { spec, status } = snapshot.job;
  const stop = status.ending && cancelled(view, status.ending.message);
  const unplaced = isToWait(snapshot, view) ? 'return' : placing.get(index);
  const isToCreate = record.serviceId === undefined && !stop && unplaced === undefined;
  // A process that has reported needs no service that the engine does not take (again): when its
  // creation keeps failing, the report alone decides.
  if (isToCreate && reportGraceLeft(view, spec) !== 0) {
    const excluded = room?.get(index);
    if (room !== undefined && excluded === undefined && view.evidence.kind === 'unseen') {
      return [waitForRoom(snapshot, 'attempt')];
    }
    const kept = excluded === undefined || excluded.length === 0 ? {} : { excluded };
    return [{ type: 'CreateService', index, record, ...kept }];
  }
  const verdict =
    judge(view, { ...snapshot, spec }) ??
    stop ??
    outdated(snapshot, view) ??
    (unplaced === 'return' ? takenBack(view) : undefined);
  if (verdict === undefined) return waitFor(snapshot, view, unplaced);
  const words = stop ? undefined : unexplained(view, verdict);
  if (words !== undefined) return [{ type: 'AskRegistry', index, record, words }];
  const known = allowsForReport(view, spec) ? { knowsReport: true as const } : {};
  return [
    { type: 'RecordVerdict', index, record, verdict, ...known },
    ...finish(snapshot, view, verdict),
  ];
}

/** An attempt of a job that is ending is stopped, unless it has come to something by itself. */
function cancelled({ evidence }: AttemptView, message: string): Verdict {
  const trace = 'trace' in evidence ? evidence.trace : {};
  return ended('Cancelled', 'CancelRequested', message, trace);
}

/** Another attempt of its job waits for a node: this one keeps no slot for the same. */
function takenBack({ evidence }: AttemptView): Verdict {
  const why = evidence.kind === 'waiting' ? (evidence.message ?? '') : '';
  return ended('Lost', 'Unplaced', `it is taken back until a node suits it: ${why}`, {});
}

/**
 * Verdict, output, removal, gone, count: in this order, because the removal destroys the log, and a place
 * is free only when its container is gone.
 */
function finish(snapshot: Snapshot, view: AttemptView, verdict: Verdict): Action[] {
  const { record, index } = view;
  const { metadata, spec, status } = snapshot.job;
  const id = { jobUid: metadata.uid, index, attempt: record.attempt };
  const reported = hasOwnReport(view);
  const context = { spec, now: snapshot.now, ending: status.ending !== undefined, reported };
  const disposition = dispose(id, record, verdict, context);
  const actions: Action[] = [];
  // A retry too, for its job may end before it is settled; the log of what is lost would keep it waiting. What
  // swarm has stopped, as on a node that is drained, has one at hand.
  const isRead = disposition.kind !== 'replace' || verdict.reason === 'TaskStopped';
  if (isRead && record.output === undefined) {
    const from = outputSource(verdict, view.report);
    if (!keepsLast(disposition, verdict)) actions.push({ type: 'StoreOutput', index, from });
  }
  if (record.removedAt === undefined || view.remains) {
    actions.push({ type: 'RemoveService', index, ...(view.gone ? {} : { lingers: true }) });
  }
  if (view.remains) return actions;
  const left = goneLeftMs(snapshot, view);
  if (left > 0) return record.removedAt === undefined ? actions : [...actions, requeue(left)];
  const stuck = view.gone ? undefined : stuckMessage(spec);
  const endedAt = containerEndedAt(view) ?? snapshot.now;
  actions.push({
    ...{ type: 'SettleAttempt', index, disposition, endedAt },
    ...(stuck === undefined ? {} : { stuck }),
    ...(view.away ? { away: true } : {}),
  });
  return actions;
}

/** Nothing to judge yet: note what a time limit counts from, and come back when one is over. */
function waitFor(snapshot: Snapshot, view: AttemptView, placed: Placing | undefined): Action[] {
  const { job, now } = snapshot;
  const { index, record } = view;
  const stand = placed === 'stand' ? { unplacedAt: now } : undefined;
  const note = stand ?? placedNote(view) ?? timeNote(job.spec, view, now);
  if (note !== undefined) return [{ type: 'NoteTime', index, record, note }];
  const limit = timeLimit(job.spec, view);
  const isDue = isUnsuited(view) && !isStanding(view);
  const delays = [
    reportGraceLeft(view, job.spec),
    // Not at once when it is over already: then the look is too old, and a fresh one is needed.
    limit && Math.max(STALE_RETRY_MS, timeLeftMs(limit, now)),
    isDue ? Math.max(STALE_RETRY_MS, unplacedLeftMs(snapshot, view)) : undefined,
    closedNodeDelay(snapshot, view),
  ];
  return delays.flatMap((afterMs) => (afterMs === undefined ? [] : requeue(afterMs)));
}

function requeue(afterMs: number): RequeueAfter {
  return { type: 'RequeueAfter', afterMs };
}

/** When to look again at an attempt whose time is up by a look that is too old, in ms. */
const STALE_RETRY_MS = 200;

function planJob(snapshot: Snapshot): JobAction[] {
  const { job, attempts, now } = snapshot;
  const { counts, ending } = job.status;
  if (ending !== undefined) return attempts.length === 0 ? [{ type: 'CompleteJob' }] : [];
  const done = counts.succeeded + counts.failed + counts.cancelled;
  if (counts.total > 0 && done === counts.total) return [{ type: 'CompleteJob' }];
  // While the job is held the clock stands: nothing comes by waiting.
  const deadline = isHeld(job) ? undefined : deadlineLeftMs(job, now);
  return [
    ...startJob(job),
    ...startTasks(snapshot),
    ...waitForRetry(snapshot),
    ...(deadline === undefined ? [] : [requeue(deadline)]),
  ];
}

/** True while nothing of a job may start: it is suspended, or the one that had its name has not ended. */
export function isHeld({ spec, status }: Pick<Job, 'spec' | 'status'>): boolean {
  return spec.suspend === true || status.predecessor !== undefined;
}

/** Has the clock of the deadline begin; of a job that was held once it is not any more. */
function startJob(job: Job): JobAction[] {
  if (job.spec.activeDeadlineSeconds === undefined || isHeld(job)) return [];
  return job.status.startTime === undefined ? [{ type: 'StartJob' }] : [];
}

function startTasks(snapshot: Snapshot): JobAction[] {
  const { job, attempts, runnable, slots } = snapshot;
  if (isHeld(job) || runnable === 0) return [];
  if (waitsForNode(snapshot)) return [];
  const behindMs = behindOthersMs(snapshot);
  if (behindMs !== undefined) return [requeue(behindMs)];
  const room = (job.spec.parallelism ?? Number.POSITIVE_INFINITY) - attempts.length;
  const onNodes = roomForTasks(snapshot);
  const count = Math.min(slots, runnable, room, onNodes, roomByPace(snapshot));
  if (count > 0) return [{ type: 'StartTasks', count }];
  return onNodes > 0 ? [] : [waitForRoom(snapshot, 'tasks')];
}

/** What has no node yet counts: after tasks that no node suited the next ones are tried one by one. */
function roomByPace({ pace = Number.POSITIVE_INFINITY, attempts }: Snapshot): number {
  const coming = attempts.filter(
    ({ evidence }) => evidence.kind === 'unseen' || evidence.kind === 'waiting',
  );
  return Math.max(0, pace - coming.filter((view) => !isStanding(view)).length);
}

function waitForRetry({ nextRetryAt, now }: Snapshot): JobAction[] {
  if (nextRetryAt === undefined || nextRetryAt <= now) return [];
  return [{ type: 'RequeueAfter', afterMs: nextRetryAt - now }];
}
