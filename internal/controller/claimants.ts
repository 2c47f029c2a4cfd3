import { Levels } from './levels.ts';

/** Of so many slots that both could have, one goes to a job that had one before. */
const TURNS = 8;

/**
 * The jobs of a namespace that want a slot. The one that has the fewest comes first; among those that have
 * none those that never had one, so that the first task of a new job does not wait for a round of all the
 * others; but each eighth time one that had: new jobs that keep coming must not keep old ones from ending.
 */
export class Claimants {
  readonly #new = new Levels<string>();
  readonly #others = new Levels<string>();
  #turn = 0;

  get size(): number {
    return this.#new.size + this.#others.size;
  }

  put(uid: string, held: number, isNew: boolean): void {
    const [to, from] = isNew ? [this.#new, this.#others] : [this.#others, this.#new];
    from.remove(uid);
    to.put(uid, held);
  }

  remove(uid: string): void {
    this.#new.remove(uid);
    this.#others.remove(uid);
  }

  first(): string | undefined {
    return (this.#isNewsTurn() ? this.#new.first() : undefined) ?? this.#others.first();
  }

  /** A slot was given. */
  given(): void {
    this.#turn = (this.#turn + 1) % TURNS;
  }

  #isNewsTurn(): boolean {
    return this.#others.lowest !== 0 || this.#turn < TURNS - 1;
  }
}
