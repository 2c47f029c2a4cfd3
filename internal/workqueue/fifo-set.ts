/**
 * A set that tells which of its members was added first. Added again, a member keeps its place. Each call
 * costs the same whatever the size: `Set` alone would pass the places of all that were deleted at its
 * beginning, over and over.
 */
export class FifoSet<T> {
  readonly #members = new Set<T>();
  /** Goes on behind `#head`. */
  #iterator: Iterator<T> | undefined;
  #head: { member: T } | undefined;

  get size(): number {
    return this.#members.size;
  }

  add(member: T): void {
    this.#members.add(member);
  }

  /** @returns whether it was there. */
  delete(member: T): boolean {
    if (this.#head?.member === member) this.#head = undefined;
    return this.#members.delete(member);
  }

  clear(): void {
    this.#members.clear();
    this.#head = undefined;
  }

  /** The member that was added first; undefined when there is none. */
  first(): T | undefined {
    this.#head ??= this.#next();
    return this.#head?.member;
  }

  /** The same, and takes it out. */
  shift(): T | undefined {
    const member = this.first();
    if (member !== undefined) this.delete(member);
    return member;
  }

  /** An iterator of a set goes on with what is added later, until it has once come to the end. */
  #next(): { member: T } | undefined {
    if (this.#members.size === 0) return undefined;
    this.#iterator ??= this.#members.values();
    let { done, value } = this.#iterator.next();
    if (done) {
      this.#iterator = this.#members.values();
      ({ done, value } = this.#iterator.next());
    }
    return done ? undefined : { member: value };
  }
}
