/** Says each thing once, for as long as look after look finds it so. */
export class Notices {
  #before = new Map<string, string | undefined>();
  #now = new Map<string, string | undefined>();

  /** @param problem in words, of what is one. */
  once(what: string, say: () => void, problem?: string): void {
    if (!this.#before.has(what) && !this.#now.has(what)) say();
    this.#now.set(what, problem);
  }

  /** What was a problem at the last look that is over. */
  get problems(): string[] {
    return [...this.#before.values()].filter((problem) => problem !== undefined);
  }

  /** A look is over: what it did not meet is said again when it comes back. */
  turn(): void {
    this.#before = this.#now;
    this.#now = new Map();
  }
}
