import { Levels } from './levels.ts';
import { Tier } from './tier.ts';

/** What a job could use. */
export interface Demand {
  /** Its current attempts, without those that wait for a node. */
  active: number;
  /** Attempts that wait for a node on behalf of their job: they hold no slot. */
  standing?: number;
  /** Tasks it could start now. */
  runnable: number;
  /** Most current attempts it may have; Infinity without a limit. */
  parallelism: number;
  /** Jobs of a higher one go first, whatever it takes. */
  priority: number;
  namespace: string;
  /** None of its tasks was ever started. */
  untouched?: boolean;
}

interface Share extends Demand {
  granted: number;
}

/** How many times the slots of a namespace that is not named another one gets. */
export type Weights = Readonly<Record<string, number>>;

/** The most slots that a namespace may have; it may be another number at every call. */
export type MostOf = (namespace: string) => number;

const NO_WEIGHTS: Weights = {};
const NO_LIMIT: MostOf = () => Number.POSITIVE_INFINITY;

/**
 * Shares the concurrent tasks that the installation allows between jobs. The next slot goes to the jobs of
 * the highest priority that want one; of these to the namespace that has the fewest slots for its weight;
 * there to the job that has the fewest; and among equals to new jobs, mostly, and to the one that has waited
 * longest. So a job of one task does not wait behind a job of 10,000, nor a namespace of one job behind one
 * of 10,000. A namespace that has all it may have is passed over, and keeps nobody waiting. A decision costs
 * the same whatever the number of jobs.
 */
export class Slots {
  readonly #capacity: number;
  readonly #weights: Weights;
  readonly #shares = new Map<string, Share>();
  readonly #tiers = new Map<number, Tier>();
  /** Priorities of which some job wants a slot, by their negative: the highest is the first. */
  readonly #hungry = new Levels<number>();
  readonly #mostOf: MostOf;
  /** Slots by namespace, over all priorities. */
  readonly #held = new Map<string, number>();
  /** Attempts that hold no slot, by namespace. */
  readonly #standing = new Map<string, number>();
  #standingInAll = 0;
  /** Namespaces that have all they may have. */
  readonly #full = new Set<string>();
  #used = 0;

  constructor(capacity: number, weights: Weights = NO_WEIGHTS, mostOf: MostOf = NO_LIMIT) {
    this.#capacity = capacity;
    this.#weights = weights;
    this.#mostOf = mostOf;
  }

  /** Notes what a job has and wants. Slots granted to it and not yet used stay granted. */
  update(uid: string, demand: Demand): void {
    const granted = this.#shares.get(uid)?.granted ?? 0;
    const { runnable, parallelism, active, standing = 0 } = demand;
    const room = Math.min(runnable, parallelism - active - standing);
    this.#set(uid, { ...demand, granted: Math.max(0, Math.min(granted, room)) });
  }

  /** It has told of itself and is not dropped. */
  knows(uid: string): boolean {
    return this.#shares.has(uid);
  }

  /** Attempts of all jobs that hold no slot, or of those of one namespace. */
  standing(namespace?: string): number {
    return namespace === undefined ? this.#standingInAll : (this.#standing.get(namespace) ?? 0);
  }

  /** The same of one job. */
  standingOf(uid: string): number {
    return this.#shares.get(uid)?.standing ?? 0;
  }

  /** Slots that the job may use now. */
  granted(uid: string): number {
    return this.#shares.get(uid)?.granted ?? 0;
  }

  /** Turns a job's granted slots into attempts; what it did not use is free again. */
  use(uid: string, started: number): void {
    const share = this.#shares.get(uid);
    if (share === undefined) return;
    const active = share.active + started;
    const untouched = share.untouched === true && started === 0;
    this.#set(uid, { ...share, granted: 0, active, runnable: share.runnable - started, untouched });
  }

  /** Tasks that would start, were there slots for all: of namespaces that may have more of them. */
  get runnable(): number {
    let sum = 0;
    for (const share of this.#shares.values()) {
      if (!wants(share) || this.#full.has(share.namespace)) continue;
      const { runnable, parallelism, standing = 0 } = share;
      sum += Math.min(runnable, parallelism - share.active - standing) - share.granted;
    }
    return sum;
  }

  drop(uid: string): void {
    this.#set(uid, undefined);
  }

  /** Grants the free slots. Returns the jobs that got some. */
  distribute(): Set<string> {
    const winners = new Set<string>();
    for (const namespace of [...this.#full]) this.#weigh(namespace);
    while (this.#used < this.#capacity) {
      const uid = this.#next();
      const share = uid === undefined ? undefined : this.#shares.get(uid);
      if (uid === undefined || share === undefined) break;
      // The limit may have become lower since the namespace was looked at.
      this.#weigh(share.namespace);
      if (this.#full.has(share.namespace)) continue;
      this.#tiers.get(share.priority)?.given(share.namespace);
      this.#set(uid, { ...share, granted: share.granted + 1 });
      winners.add(uid);
    }
    return winners;
  }

  #next(): string | undefined {
    const priority = this.#hungry.first();
    return priority === undefined ? undefined : this.#tiers.get(priority)?.next();
  }

  #set(uid: string, next: Share | undefined): void {
    const last = this.#shares.get(uid);
    if (last) this.#count(last, -1);
    if (next) this.#count(next, 1);
    for (const share of [last, next]) if (share) this.#weigh(share.namespace);
    if (next) this.#shares.set(uid, next);
    else this.#shares.delete(uid);
    if (last && last.priority !== next?.priority) {
      this.#change(last.priority, (tier) => tier.remove(uid));
    }
    if (next) {
      const { namespace, priority, untouched = false } = next;
      const isNew = untouched && held(next) === 0;
      const stake = { namespace, held: held(next), hungry: wants(next), isNew };
      this.#change(priority, (tier) => tier.put(uid, stake));
    }
  }

  #count(share: Share, sign: 1 | -1): void {
    const { namespace, standing = 0 } = share;
    this.#used += sign * held(share);
    add(this.#held, namespace, sign * held(share));
    this.#standingInAll += sign * standing;
    add(this.#standing, namespace, sign * standing);
  }

  /** Notes whether a namespace has all it may have. */
  #weigh(namespace: string): void {
    const isFull = (this.#held.get(namespace) ?? 0) >= this.#mostOf(namespace);
    if (isFull === this.#full.has(namespace)) return;
    if (isFull) this.#full.add(namespace);
    else this.#full.delete(namespace);
    for (const priority of [...this.#tiers.keys()]) {
      this.#change(priority, (tier) => tier.refresh(namespace));
    }
  }

  #weightOf(namespace: string): number {
    const known = Object.hasOwn(this.#weights, namespace);
    return known ? (this.#weights[namespace] ?? 1) : 1;
  }

  #newTier(): Tier {
    return new Tier({
      weightOf: (namespace) => this.#weightOf(namespace),
      isFull: (namespace) => this.#full.has(namespace),
    });
  }

  #change(priority: number, change: (tier: Tier) => void): void {
    const tier = this.#tiers.get(priority) ?? this.#newTier();
    change(tier);
    if (tier.isEmpty) this.#tiers.delete(priority);
    else this.#tiers.set(priority, tier);
    if (tier.isHungry) this.#hungry.put(priority, -priority);
    else this.#hungry.remove(priority);
  }
}

function add(counts: Map<string, number>, key: string, change: number): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}

function held(share: Share): number {
  return share.active + share.granted;
}

function wants(share: Share): boolean {
  const all = held(share) + (share.standing ?? 0);
  return share.granted < share.runnable && all < share.parallelism;
}
