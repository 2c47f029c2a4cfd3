/** What a job could use. */
export interface Demand {
  /** Its current attempts. */
  active: number;
  /** Tasks it could start now. */
  runnable: number;
  /** Most current attempts it may have; Infinity without a limit. */
  parallelism: number;
}

interface Share extends Demand {
  granted: number;
}

/**
 * Shares the concurrent tasks that the installation allows between jobs: the next slot goes to the
 * job that has the fewest, and among equals to the one that has waited longest. So a job of one task
 * does not wait behind a job of 10,000. A decision costs the same whatever the number of jobs.
 */
export class Slots {
  readonly #capacity: number;
  readonly #shares = new Map<string, Share>();
  /** Jobs that want another slot, by how many they have; each set in the order of waiting. */
  readonly #hungry = new Map<number, Set<string>>();
  #used = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Notes what a job has and wants. Slots granted to it and not yet used stay granted. */
  update(uid: string, demand: Demand): void {
    const granted = this.#shares.get(uid)?.granted ?? 0;
    const room = Math.min(demand.runnable, demand.parallelism - demand.active);
    this.#set(uid, { ...demand, granted: Math.max(0, Math.min(granted, room)) });
  }

  /** Slots that the job may use now. */
  granted(uid: string): number {
    return this.#shares.get(uid)?.granted ?? 0;
  }

  /** Turns a job's granted slots into attempts; what it did not use is free again. */
  use(uid: string, started: number): void {
    const share = this.#shares.get(uid);
    if (share === undefined) return;
    const { active, runnable } = share;
    this.#set(uid, { ...share, granted: 0, active: active + started, runnable: runnable - started });
  }

  drop(uid: string): void {
    this.#set(uid, undefined);
  }

  /** Grants the free slots. Returns the jobs that got some. */
  distribute(): Set<string> {
    const winners = new Set<string>();
    while (this.#used < this.#capacity) {
      const uid = this.#hungriest();
      const share = uid === undefined ? undefined : this.#shares.get(uid);
      if (uid === undefined || share === undefined) break;
      this.#set(uid, { ...share, granted: share.granted + 1 });
      winners.add(uid);
    }
    return winners;
  }

  #hungriest(): string | undefined {
    for (let level = 0; level < this.#capacity; level++) {
      const first = this.#hungry.get(level)?.values().next();
      if (first && !first.done) return first.value;
    }
    return undefined;
  }

  #set(uid: string, next: Share | undefined): void {
    const last = this.#shares.get(uid);
    const from = last && wants(last) ? held(last) : undefined;
    const to = next && wants(next) ? held(next) : undefined;
    this.#used += (next ? held(next) : 0) - (last ? held(last) : 0);
    if (next) this.#shares.set(uid, next);
    else this.#shares.delete(uid);
    if (from === to) return;
    if (from !== undefined) this.#hungry.get(from)?.delete(uid);
    if (to !== undefined) this.#level(to).add(uid);
  }

  #level(level: number): Set<string> {
    const known = this.#hungry.get(level) ?? new Set<string>();
    this.#hungry.set(level, known);
    return known;
  }
}

function held(share: Share): number {
  return share.active + share.granted;
}

function wants(share: Share): boolean {
  return share.granted < share.runnable && held(share) < share.parallelism;
}
