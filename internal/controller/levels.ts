import { FifoSet } from '../workqueue/fifo-set.ts';

/**
 * Things by a level, of which the first of the lowest level is wanted. A thing that keeps its level keeps its
 * place; one that comes to a level comes last there. What is asked or changed costs no more with many things
 * than with few: only the number of different levels counts.
 */
export class Levels<K> {
  readonly #levelOf = new Map<K, number>();
  readonly #byLevel = new Map<number, FifoSet<K>>();
  /** The levels at which there is something, lowest first. */
  readonly #levels: number[] = [];

  get size(): number {
    return this.#levelOf.size;
  }

  /** The level of the first; undefined when there is nothing. */
  get lowest(): number | undefined {
    return this.#levels[0];
  }

  put(key: K, level: number): void {
    if (this.#levelOf.get(key) === level) return;
    this.remove(key);
    this.#levelOf.set(key, level);
    this.#at(level).add(key);
  }

  remove(key: K): void {
    const level = this.#levelOf.get(key);
    if (level === undefined) return;
    this.#levelOf.delete(key);
    const others = this.#byLevel.get(level);
    others?.delete(key);
    if (others?.size !== 0) return;
    this.#byLevel.delete(level);
    this.#levels.splice(this.#placeOf(level), 1);
  }

  /** Undefined when there is nothing. */
  first(): K | undefined {
    const [lowest] = this.#levels;
    return lowest === undefined ? undefined : this.#byLevel.get(lowest)?.first();
  }

  #at(level: number): FifoSet<K> {
    const known = this.#byLevel.get(level);
    if (known !== undefined) return known;
    const made = new FifoSet<K>();
    this.#byLevel.set(level, made);
    this.#levels.splice(this.#placeOf(level), 0, level);
    return made;
  }

  /** Where the level is among the levels, or belongs. */
  #placeOf(level: number): number {
    let [low, high] = [0, this.#levels.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#levels[middle] ?? level) < level) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
