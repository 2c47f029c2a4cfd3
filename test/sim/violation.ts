/** An invariant that does not hold, and how that shows. */
export interface Violation {
  invariant: string;
  message: string;
}

/** Gathers what is wrong. The first is what matters: the rest mostly follows from it. */
export class Violations {
  readonly all: Violation[] = [];

  add(invariant: string, message: string): void {
    this.all.push({ invariant, message });
  }

  /** Adds it unless `holds`. */
  check(holds: boolean, invariant: string, message: () => string): void {
    if (!holds) this.add(invariant, message());
  }
}
