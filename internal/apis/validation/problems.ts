import { type Path, pathText } from './path.ts';
import { LIMITS } from './rules.ts';

/** One thing that is wrong with a body, and where. */
export interface Problem {
  /** For example `tasks[3].task_name`; `body` for the body as a whole. */
  path: string;
  message: string;
}

/** All that is wrong with a body. */
export interface Problems {
  ok: false;
  /** The first 100. */
  problems: Problem[];
  /** How many there are beyond those; a lower bound once it is in the thousands. */
  more: number;
}

export type Parsed<T> = { ok: true; value: T } | Problems;

/** Gathers problems: keeps the first 100 and counts the others. */
export class ProblemList {
  readonly #shown: Problem[] = [];
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** True when there are so many that the rest of the body need not be looked at. */
  get full(): boolean {
    return this.#total >= LIMITS.problemsCounted;
  }

  /** @param message called only when the problem is kept. */
  add(path: Path, message: () => string): void {
    this.#total += 1;
    if (this.#shown.length >= LIMITS.problemsShown) return;
    this.#shown.push({ path: pathText(path), message: message() });
  }

  failure(): Problems {
    return { ok: false, problems: this.#shown, more: this.#total - this.#shown.length };
  }
}
