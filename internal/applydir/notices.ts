/** Says each thing once, for as long as look after look finds it so. */
export class Notices {
  #before = new Set<string>();
  #now = new Set<string>();

  once(what: string, say: () => void): void {
    if (!this.#before.has(what) && !this.#now.has(what)) say();
    this.#now.add(what);
  }

  /** A look is over: what it did not meet is said again when it comes back. */
  turn(): void {
    this.#before = this.#now;
    this.#now = new Set();
  }
}
