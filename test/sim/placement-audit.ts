import { type AttemptId, attemptKey, attemptOfLabels } from '../../internal/apis/index.ts';
import type { ObservedTask } from '../../internal/swarm/index.ts';
import type { Call } from './effects.ts';
import type { Ledger } from './ledger.ts';
import type { Timeline } from './timeline.ts';
import type { Violations } from './violation.ts';

/** For so long a leader that looks all the time may leave a slot to what no node suits, in ms. */
const BOUND_MS = 30_000;
/** A leader that did not look for so long was paused, or had no answer, in ms. */
const GAP_MS = 5000;

const INVARIANT = '12: what no node suits keeps no slot beyond the bound';

/** What cannot be placed must keep nothing else waiting: watches what a leader sees, and leaves as it is. */
export class PlacementAudit {
  readonly #timeline: Timeline;
  readonly #violations: Violations;
  readonly #ledger: Ledger;
  /** Since when the leader has seen that an attempt which holds a slot has no node, in ms. */
  readonly #since = new Map<string, number>();
  #looker = '';
  #lookedAt = 0;

  constructor(timeline: Timeline, violations: Violations, ledger: Ledger) {
    this.#timeline = timeline;
    this.#violations = violations;
    this.#ledger = ledger;
  }

  /** The leader has listed the tasks. */
  onLook({ process }: Call, tasks: readonly ObservedTask[]): void {
    const { now } = this.#timeline;
    if (process.name !== this.#looker || now - this.#lookedAt > GAP_MS) this.#since.clear();
    this.#looker = process.name;
    this.#lookedAt = now;
    const unsuited = new Set(tasks.filter(isUnsuited).map(keyOf));
    for (const key of this.#since.keys()) if (!unsuited.has(key)) this.#since.delete(key);
    for (const key of unsuited) {
      if (!this.#holdsSlot(key)) this.#since.delete(key);
      else if (!this.#since.has(key)) this.#since.set(key, now);
      const since = this.#since.get(key) ?? now;
      this.#violations.check(now - since < BOUND_MS, INVARIANT, () => `${key} since ${since}`);
    }
  }

  #holdsSlot(key: string): boolean {
    const [jobUid = '', index, attempt] = key.split('/');
    const record = this.#ledger.currentRecord(jobUid, Number(index), Number(attempt));
    return record !== undefined && record.verdict === undefined && record.unplacedAt === undefined;
  }
}

function isUnsuited({ state, error, desiredState }: ObservedTask): boolean {
  return state === 'pending' && error !== undefined && desiredState === 'running';
}

function keyOf({ labels }: ObservedTask): string {
  const id: AttemptId | undefined = attemptOfLabels(labels);
  return id === undefined ? '' : attemptKey(id);
}
