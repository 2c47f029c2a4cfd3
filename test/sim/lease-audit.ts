import type { Call, Outcome } from './effects.ts';
import type { Violations } from './violation.ts';

/** For so long after it asked for its lease, or for a renewal, a process may act, in ms. */
const TERM_MS = 4000;

/** Calls before which, at the same instant, a process asks itself whether it may act. */
const ACTS = new Set([
  ...['store.claimTasks', 'store.startJob', 'store.endJob', 'store.completeJob'],
  ...['store.settleAttempt', 'engine.removeService'],
]);

const INVARIANT = 'nobody acts when the lease could have run out';

/**
 * Nobody acts by a lease that could have run out, by the terms of the lease itself: counted from when it was
 * asked for. So no two processes act as leader at one instant.
 */
export class LeaseAudit {
  readonly #violations: Violations;
  readonly #until = new Map<string, number>();

  constructor(violations: Violations) {
    this.#violations = violations;
  }

  /** @param leader name of the process that has the lease, as far as the store says. */
  onIssue(call: Call, leader: string): void {
    const { name } = call.process;
    if (!ACTS.has(`${call.port}.${call.method}`)) return;
    const until = this.#until.get(name) ?? 0;
    const what = () => `${call.kind} of ${name} at ${call.at}, whose lease is good until ${until}`;
    this.#violations.check(call.at < until, INVARIANT, what);
    const others = () => `${call.kind} of ${name}, while ${leader} has the lease`;
    this.#violations.check(name === leader, 'no two processes act as leader', others);
  }

  onEffect(call: Call, outcome: Outcome): void {
    if (call.port !== 'lease' || !outcome.ok) return;
    const held = call.method === 'acquireLease' ? outcome.value !== undefined : outcome.value;
    if (held !== true || !/^(acquire|renew)Lease$/.test(call.method)) return;
    this.#until.set(call.process.name, call.at + TERM_MS);
  }
}
