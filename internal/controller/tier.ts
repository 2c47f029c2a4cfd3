import { Claimants } from './claimants.ts';
import { Levels } from './levels.ts';

/** What a job holds, and whether it wants more. */
export interface Stake {
  namespace: string;
  held: number;
  hungry: boolean;
  /** It never had a slot. */
  isNew: boolean;
}

/** What is said of namespaces. */
export interface TierRules {
  weightOf(namespace: string): number;
  /** It has as many slots as it may have, whatever its jobs want. */
  isFull(namespace: string): boolean;
}

/** The jobs of one priority. */
export class Tier {
  readonly #rules: TierRules;
  readonly #stakes = new Map<string, Stake>();
  /** Slots that the jobs of a namespace hold. */
  readonly #held = new Map<string, number>();
  /** Jobs of a namespace that want a slot. */
  readonly #jobs = new Map<string, Claimants>();
  /** Namespaces in which some job wants a slot, by how many they have for their weight. */
  readonly #namespaces = new Levels<string>();

  constructor(rules: TierRules) {
    this.#rules = rules;
  }

  get isEmpty(): boolean {
    return this.#stakes.size === 0;
  }

  get isHungry(): boolean {
    return this.#namespaces.size > 0;
  }

  /** The job that gets the next slot; undefined when none wants one. */
  next(): string | undefined {
    const namespace = this.#namespaces.first();
    return namespace === undefined ? undefined : this.#jobs.get(namespace)?.first();
  }

  /** The job that `next` told of was given a slot. */
  given(namespace: string): void {
    this.#jobs.get(namespace)?.given();
  }

  put(uid: string, stake: Stake): void {
    const last = this.#stakes.get(uid);
    if (last !== undefined && last.namespace !== stake.namespace) this.remove(uid);
    const before = this.#stakes.get(uid)?.held ?? 0;
    this.#stakes.set(uid, stake);
    const jobs = this.#jobsOf(stake.namespace);
    if (stake.hungry) jobs.put(uid, stake.held, stake.isNew);
    else jobs.remove(uid);
    this.#count(stake.namespace, stake.held - before, jobs);
  }

  remove(uid: string): void {
    const stake = this.#stakes.get(uid);
    if (stake === undefined) return;
    this.#stakes.delete(uid);
    const jobs = this.#jobsOf(stake.namespace);
    jobs.remove(uid);
    this.#count(stake.namespace, -stake.held, jobs);
  }

  /** Whether a namespace is full may have changed. */
  refresh(namespace: string): void {
    const jobs = this.#jobs.get(namespace);
    if (jobs !== undefined) this.#count(namespace, 0, jobs);
  }

  #jobsOf(namespace: string): Claimants {
    const known = this.#jobs.get(namespace) ?? new Claimants();
    this.#jobs.set(namespace, known);
    return known;
  }

  #count(namespace: string, change: number, jobs: Claimants): void {
    const held = (this.#held.get(namespace) ?? 0) + change;
    if (held > 0) this.#held.set(namespace, held);
    else this.#held.delete(namespace);
    if (jobs.size > 0 && !this.#rules.isFull(namespace)) {
      this.#namespaces.put(namespace, held / this.#rules.weightOf(namespace));
      return;
    }
    this.#namespaces.remove(namespace);
    if (jobs.size === 0) this.#jobs.delete(namespace);
  }
}
