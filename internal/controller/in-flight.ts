/** The tasks whose steps are being carried out. The planner leaves them alone. */
export class InFlight {
  /** Runs under way by task: a task can be claimed again while its last settlement is answered. */
  readonly #byJob = new Map<string, Map<number, number>>();
  readonly #running = new Set<Promise<void>>();

  /** The indices of a job's tasks with steps under way, as of now. */
  of(uid: string): ReadonlySet<number> {
    return new Set(this.#byJob.get(uid)?.keys());
  }

  /** Runs the steps of one task in the background. `run` must not reject. */
  start(uid: string, index: number, run: () => Promise<void>): void {
    this.#count(uid, index, 1);
    const running = run().finally(() => {
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  /** Ends one mark of a task, before its job is told. */
  end(uid: string, index: number): void {
    this.#count(uid, index, -1);
  }

  /** Resolves when no steps are under way. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #count(uid: string, index: number, change: number): void {
    const runs = this.#byJob.get(uid) ?? new Map<number, number>();
    const count = (runs.get(index) ?? 0) + change;
    if (count > 0) runs.set(index, count);
    else runs.delete(index);
    if (runs.size > 0) this.#byJob.set(uid, runs);
    else this.#byJob.delete(uid);
  }
}
