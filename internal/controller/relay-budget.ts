/** What is kept of a relay, in bytes: at least 1 MiB of a log of usual lines. */
const KEPT_BYTES = 2 * 1024 * 1024;
/** What an entry costs beside its data: a log of single bytes must not fill Redis either. */
const ENTRY_BYTES = 64;
const STEP_BYTES = 128 * 1024;

/** Says from where on a relay is to be kept. Redis can trim a stream by entries only. */
export class RelayBudget {
  readonly #marks: { id: string; total: number }[] = [];
  #total = 0;

  /**
   * Counts entries that were added.
   * @param lastId of the last of them.
   * @returns the id before which entries may go; undefined while none need to.
   */
  add(lastId: string, entries: number, bytes: number): string | undefined {
    this.#total += bytes + entries * ENTRY_BYTES;
    const since = this.#total - (this.#marks.at(-1)?.total ?? 0);
    if (since >= STEP_BYTES) this.#marks.push({ id: lastId, total: this.#total });
    const kept = this.#marks.findIndex(({ total }) => this.#total - total < KEPT_BYTES);
    const [before] = this.#marks.splice(0, kept === -1 ? this.#marks.length : kept).slice(-1);
    return before?.id;
  }
}
