import type { JobSpec } from '../apis/index.ts';

/**
 * How many attempts of a job may be without a node at one time. There is no limit until swarm finds no node
 * for one; from then on they are tried one by one, and twice as many with each that is placed at once: so
 * what cannot be placed takes no slots again and again, and nothing waits when there is room.
 */
export class PlacementPace {
  readonly #byJob = new Map<string, number>();

  of(uid: string): number {
    return this.#byJob.get(uid) ?? Number.POSITIVE_INFINITY;
  }

  /** Swarm finds no node for an attempt. */
  unsuited(uid: string): void {
    this.#byJob.set(uid, 1);
  }

  /** An attempt got a node without waiting for one. */
  placed(uid: string): void {
    const pace = this.#byJob.get(uid);
    if (pace !== undefined) this.#byJob.set(uid, Math.min(2 * pace, MOST));
  }

  forget(uid: string): void {
    this.#byJob.delete(uid);
  }
}

/** Bounds the doubling. */
const MOST = 1_000_000;

/** Which jobs have a service that waits for a node, by what their tasks ask of one. */
export class StandingJobs {
  readonly #byNeeds = new Map<string, Set<string>>();
  readonly #needsOf = new Map<string, string>();

  /**
   * Notes whether a job has such a service.
   * @returns true when another job has one that asks for the same.
   */
  note(uid: string, { placement, resources }: JobSpec, stands: boolean): boolean {
    if (!stands) this.forget(uid);
    if (!stands && this.#byNeeds.size === 0) return false;
    const needs = JSON.stringify([placement, resources?.reservations]);
    const jobs = this.#byNeeds.get(needs) ?? new Set();
    if (stands) {
      this.#byNeeds.set(needs, jobs.add(uid));
      this.#needsOf.set(uid, needs);
    }
    return jobs.size > (jobs.has(uid) ? 1 : 0);
  }

  forget(uid: string): void {
    const needs = this.#needsOf.get(uid);
    if (needs === undefined) return;
    this.#needsOf.delete(uid);
    const jobs = this.#byNeeds.get(needs);
    jobs?.delete(uid);
    if (jobs?.size === 0) this.#byNeeds.delete(needs);
  }
}
