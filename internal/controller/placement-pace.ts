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
