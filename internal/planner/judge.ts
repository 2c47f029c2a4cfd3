import type { Reason, TaskTrace, Verdict } from '../apis/index.ts';
import type { AttemptView } from './snapshot.ts';

/** How long a task may live on after its report before its service is removed, in ms. */
export const REPORT_GRACE_MS = 30_000;

/**
 * The verdict on an attempt, or undefined while there is no evidence for one.
 * A stored report wins over what the exit code says (design: Where a result comes from).
 */
export function judge(view: AttemptView): Verdict | undefined {
  return reported(view) ?? observed(view);
}

/** How long until the report of an attempt that lives on counts on its own, in ms. */
export function reportGraceLeft(view: AttemptView): number | undefined {
  if (!hasOwnReport(view)) return undefined;
  return Math.max(0, REPORT_GRACE_MS - (view.reportAgeMs ?? 0));
}

function hasOwnReport(view: AttemptView): boolean {
  return view.report?.attempt === view.record.attempt;
}

function reported(view: AttemptView): Verdict | undefined {
  const { report, evidence } = view;
  if (report === undefined || !hasOwnReport(view)) return undefined;
  const ended =
    evidence.kind !== 'unseen' && evidence.kind !== 'waiting' && evidence.kind !== 'running';
  if (!ended && reportGraceLeft(view) !== 0) return undefined;
  const trace = 'trace' in evidence ? evidence.trace : undefined;
  return verdictOfExit(report.exitStatus, 'report', {
    finishedAt: report.receivedAt,
    ...times(trace),
  });
}

function observed({ evidence, record }: AttemptView): Verdict | undefined {
  switch (evidence.kind) {
    case 'unseen':
    case 'waiting':
    case 'running':
      return undefined;
    case 'ended':
      return verdictOfExit(evidence.exitStatus, 'service', times(evidence.trace), evidence.message);
    case 'rejected':
      return noExit('Rejected', 'Rejected', evidence.message, times(evidence.trace));
    case 'lost':
      return noExit('Lost', evidence.reason, evidence.message, times(evidence.trace));
    case 'absent':
      return noExit('Lost', 'ServiceRemoved', removedMessage(record.serviceId), {});
  }
}

function removedMessage(serviceId: string | undefined): string {
  return `service ${serviceId ?? '(unknown)'} is gone and Swarmer did not remove it`;
}

function times(trace: TaskTrace | undefined): Partial<TaskTrace> {
  return trace ?? {};
}

function verdictOfExit(
  exitStatus: number,
  source: Verdict['source'],
  trace: Partial<TaskTrace>,
  message?: string,
): Verdict {
  if (exitStatus === 0) return { outcome: 'Succeeded', exitStatus, source, ...trace };
  const failed = {
    outcome: 'Failed',
    exitStatus,
    reason: 'NonZeroExit',
    source,
    ...trace,
  } as const;
  return message === undefined ? failed : { ...failed, message };
}

function noExit(
  outcome: Verdict['outcome'],
  reason: Reason,
  message: string,
  trace: Partial<TaskTrace>,
): Verdict {
  return { outcome, exitStatus: null, reason, message, source: 'service', ...trace };
}
