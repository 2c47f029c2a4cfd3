import type { AttemptRecord, JobSpec, Output, Settlement, Verdict } from '../apis/index.ts';
import { unavailableOutput } from '../apis/index.ts';
import type { Disposition, OutputSource } from './actions.ts';

/**
 * What follows a verdict. Loss is not failure: it has a budget of its own and costs no
 * `backoffLimit` (design: The model).
 */
export function dispose(
  spec: JobSpec,
  record: AttemptRecord,
  verdict: Verdict,
  now: number,
): Disposition {
  const next = { attempt: record.attempt + 1, losses: record.losses, failures: record.failures };
  if (verdict.outcome === 'Lost' && record.losses < spec.lossLimit) {
    return { kind: 'replace', next: { ...next, losses: record.losses + 1 } };
  }
  if (verdict.outcome === 'Failed' && record.failures < spec.backoffLimit) {
    return { kind: 'retry', next: { ...next, failures: record.failures + 1 }, notBefore: now };
  }
  return { kind: 'final' };
}

/** Where the output of a judged attempt is to be had. */
export function outputSource(verdict: Verdict): OutputSource {
  if (verdict.source === 'report') return { kind: 'report' };
  if (verdict.outcome === 'Rejected') return { kind: 'none', reason: 'the task never started' };
  if (verdict.swarmTaskId !== undefined) return { kind: 'logs', swarmTaskId: verdict.swarmTaskId };
  return { kind: 'none', reason: 'the service was gone before its log was read' };
}

/**
 * The settlement that carries out a disposition.
 * @param summary of the output as stored; only a final settlement needs it.
 */
export function settlementOf(
  disposition: Disposition,
  record: AttemptRecord & { verdict: Verdict },
  summary: Output['summary'] | undefined,
): Settlement {
  if (disposition.kind !== 'final') return disposition;
  const { verdict, attempt, losses } = record;
  const output = summary ?? unavailableOutput('the output was not collected');
  return {
    kind: 'final',
    succeeded: verdict.outcome === 'Succeeded',
    result: { verdict, output, attempts: attempt, losses },
  };
}
