import type { JobSpec, TaskSpec } from '../apis/index.ts';
import type { Path } from '../apis/validation/index.ts';
import type { Rules } from './rules.ts';

/** What is to run. */
export interface Judged {
  spec: JobSpec;
  tasks: readonly TaskSpec[];
}

/** What is wrong with a field by a rule. */
export interface Refusal {
  /** Name of the rule: its section and itself. */
  rule: string;
  /** From the spec on: `mounts[0].source`. */
  at: Path;
  wrong: string;
  allowed: string;
}

/** Tells of everything that breaks the rules of one part of a spec. Pure. */
export type Judge = (rules: Rules, job: Judged) => Iterable<Refusal>;

/** The rule, what broke it, what would not, and who can change it. */
export function refusalText(
  { rule, wrong, allowed }: Omit<Refusal, 'at'>,
  namespace: string,
): string {
  return (
    `policy: ${rule}: ${wrong}; allowed in namespace "${namespace}": ${allowed}; ` +
    "the server's operator can change that (SWARMER_POLICY)"
  );
}

const SHOWN = 10;

/** A list of what is allowed, cut short. */
export function listed(allowed: readonly string[]): string {
  if (allowed.length === 0) return 'nothing';
  const more = allowed.length > SHOWN ? `, and ${allowed.length - SHOWN} more` : '';
  return allowed.slice(0, SHOWN).join(', ') + more;
}
