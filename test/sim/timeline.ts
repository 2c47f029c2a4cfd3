import { setImmediate } from 'node:timers/promises';
import type { SimProcess } from './sim-process.ts';

interface Entry {
  at: number;
  order: number;
  owner: SimProcess | undefined;
  /** Cleared when cancelled. */
  fn: (() => void | Promise<void>) | undefined;
}

/**
 * Virtual time: everything that is going to happen, in order. What belongs to a process that is dead
 * never happens; what belongs to a paused one waits until it is resumed.
 */
export class Timeline {
  #now = 0;
  #order = 0;
  #heap: Entry[] = [];

  /** Ms since the start of the run. */
  get now(): number {
    return this.#now;
  }

  /** Calls `fn` in `ms`. The returned function cancels it. */
  in(ms: number, fn: () => void | Promise<void>, owner?: SimProcess): () => void {
    const entry: Entry = { at: this.#now + Math.max(0, ms), order: this.#order++, owner, fn };
    this.#push(entry);
    return () => {
      entry.fn = undefined;
    };
  }

  /** Lets the next thing happen, and all that follows from it at once. False when there is none. */
  async step(): Promise<boolean> {
    for (let entry = this.#pop(); entry !== undefined; entry = this.#pop()) {
      const { fn, owner } = entry;
      if (fn === undefined || owner?.state === 'dead') continue;
      this.#now = Math.max(this.#now, entry.at);
      if (owner?.state === 'paused') {
        owner.whenResumed(() => this.in(0, () => entry.fn?.(), owner));
        continue;
      }
      await fn();
      await setImmediate();
      return true;
    }
    return false;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(entry, heap[parent])) break;
      heap[i] = heap[parent] ?? entry;
      i = parent;
    }
    heap[i] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (before(heap[child + 1], heap[child])) child++;
      const least = heap[child];
      if (least === undefined || !before(least, last)) break;
      heap[i] = least;
      i = child;
    }
    heap[i] = last;
    return first;
  }
}

function before(a: Entry | undefined, b: Entry | undefined): boolean {
  if (a === undefined || b === undefined) return a !== undefined;
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
