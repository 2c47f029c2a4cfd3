import type { Verdict } from '../apis/index.ts';
import { isFinished } from '../apis/index.ts';
import type { Action, AttemptAction, JobAction } from './actions.ts';
import { dispose, outputSource } from './disposition.ts';
import { judge, reportGraceLeft } from './judge.ts';
import type { AttemptView, Snapshot } from './snapshot.ts';

/**
 * What to do about one job. Pure: the same snapshot always gives the same actions. Every action may
 * be lost or repeated; the next plan starts from what was recorded. A settled world plans nothing.
 */
export function plan(snapshot: Snapshot): Action[] {
  if (isFinished(snapshot.job.status.phase)) return [];
  const attempts = snapshot.attempts.filter((view) => !snapshot.busy.has(view.index));
  return [...attempts.flatMap((view) => planAttempt(snapshot, view)), ...planJob(snapshot)];
}

function planAttempt(snapshot: Snapshot, view: AttemptView): Action[] {
  const { record, index } = view;
  if (record.verdict !== undefined) return finish(snapshot, view, record.verdict);
  if (record.serviceId === undefined) return [{ type: 'CreateService', index, record }];
  const verdict = judge(view);
  if (verdict === undefined) return waitForGrace(view);
  return [{ type: 'RecordVerdict', index, record, verdict }, ...finish(snapshot, view, verdict)];
}

/** Verdict, output, removal, count: in this order, because the removal destroys the log. */
function finish(snapshot: Snapshot, view: AttemptView, verdict: Verdict): AttemptAction[] {
  const { record, index } = view;
  const disposition = dispose(snapshot.job.spec, record, verdict, snapshot.now);
  const actions: AttemptAction[] = [];
  if (disposition.kind === 'final' && record.output === undefined) {
    actions.push({ type: 'StoreOutput', index, from: outputSource(verdict) });
  }
  if (record.serviceId !== undefined) {
    actions.push({ type: 'RemoveService', index, serviceId: record.serviceId });
  }
  actions.push({ type: 'SettleAttempt', index, disposition });
  return actions;
}

function waitForGrace(view: AttemptView): Action[] {
  const afterMs = reportGraceLeft(view);
  return afterMs === undefined ? [] : [{ type: 'RequeueAfter', afterMs }];
}

function planJob(snapshot: Snapshot): JobAction[] {
  const { counts } = snapshot.job.status;
  if (counts.total > 0 && counts.succeeded + counts.failed === counts.total) {
    return [{ type: 'CompleteJob' }];
  }
  return [...startTasks(snapshot), ...waitForRetry(snapshot)];
}

function startTasks({ job, attempts, runnable, slots }: Snapshot): JobAction[] {
  const room = (job.spec.parallelism ?? Number.POSITIVE_INFINITY) - attempts.length;
  const count = Math.min(slots, runnable, room);
  return count > 0 ? [{ type: 'StartTasks', count }] : [];
}

function waitForRetry({ nextRetryAt, now }: Snapshot): JobAction[] {
  if (nextRetryAt === undefined || nextRetryAt <= now) return [];
  return [{ type: 'RequeueAfter', afterMs: nextRetryAt - now }];
}
