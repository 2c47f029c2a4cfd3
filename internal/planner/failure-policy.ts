import type { FailureRule, JobSpec, Verdict } from '../apis/index.ts';

/** The action of the first rule that a failed attempt matches; undefined when none does. */
export function failureAction(
  { failurePolicy }: JobSpec,
  verdict: Verdict,
): FailureRule['action'] | undefined {
  return failurePolicy?.find((rule) => matches(rule, verdict))?.action;
}

function matches({ onExitCodes, onReasons }: FailureRule, verdict: Verdict): boolean {
  if (onExitCodes !== undefined && verdict.exitStatus !== null) {
    const listed = onExitCodes.values.includes(verdict.exitStatus);
    if (listed === (onExitCodes.operator === 'In')) return true;
  }
  const { reason } = verdict;
  if (reason === undefined || onReasons === undefined) return false;
  // It is one as well, and is not known to be more where the engine of another node cannot be asked.
  return (
    onReasons.includes(reason) || (reason === 'OOMKilled' && onReasons.includes('NonZeroExit'))
  );
}
