import { type CronJobView, type CronPlan, planCron } from '../plan-cron.ts';

type Spec = CronJobView['spec'];

/** What the store holds of a cron job, and what became of its ticks. */
export interface CronStore {
  lastScheduleTime: number | undefined;
  active: number;
  started: number[];
}

interface Decision {
  plan: CronPlan;
  /** `lastScheduleTime` when it was decided. */
  seen: number | undefined;
  at: number;
}

/** One turn that was carried out to its end. */
export interface Turn {
  at: number;
  plan: CronPlan;
  /** As it was when the turn was decided. */
  seen: number | undefined;
  active: number;
}

/**
 * A process that plans a cron job, in two steps with anything in between: `decide`, then `record`, which
 * starts the job and stores its tick in one transaction that compares `lastScheduleTime`.
 */
export class CronDriver {
  readonly #store: CronStore;
  readonly #spec: Spec;
  readonly #createdAt: number;
  #decision: (Decision & { active: number }) | undefined;

  constructor(store: CronStore, spec: Spec, createdAt: number) {
    this.#store = store;
    this.#spec = spec;
    this.#createdAt = createdAt;
  }

  decide(at: number): void {
    const { lastScheduleTime: seen, active } = this.#store;
    const view = { spec: this.#spec, createdAt: this.#createdAt, active };
    const plan = planCron({ ...view, ...(seen !== undefined && { lastScheduleTime: seen }) }, at);
    this.#decision = { plan, seen, at, active };
  }

  /** @returns the turn, or undefined when there was none, or another driver was first. */
  record(): Turn | undefined {
    const turn = this.#decision;
    this.#decision = undefined;
    if (turn === undefined || turn.plan.action.type === 'none') return turn;
    if (turn.seen !== this.#store.lastScheduleTime) return undefined;
    this.#apply(turn.plan.action);
    return turn;
  }

  /** The process dies; whatever it had decided is gone. */
  kill(): void {
    this.#decision = undefined;
  }

  #apply(action: Exclude<CronPlan['action'], { type: 'none' }>): void {
    this.#store.lastScheduleTime = action.tick;
    if (action.type === 'skip') return;
    if (action.replaces) this.#store.active = 0;
    this.#store.active += 1;
    this.#store.started.push(action.tick);
  }
}
