import type { ChangeSource } from '../../internal/store/index.ts';
import type { Effects } from './effects.ts';
import type { Rng } from './rng.ts';
import type { SimProcess } from './sim-process.ts';

/** How long a read that finds something may block the real Redis, in ms. */
const REAL_BLOCK_MS = 1;

/**
 * The change stream under virtual time. Redis is read only when the API has written something since:
 * until then a read waits in virtual time, as the real one blocks.
 */
export class SimChanges {
  readonly #effects: Effects;
  readonly #real: ChangeSource;
  readonly #rng: Rng;
  readonly #waiting = new Set<() => void>();
  #version = 0;
  /** By cursor: the version of the stream up to which it is known. */
  readonly #known = new Map<string, number>();
  /** Chance that a read gives all of the stream once more. */
  stale = 0;

  constructor(effects: Effects, real: ChangeSource, rng: Rng) {
    this.#effects = effects;
    this.#real = real;
    this.#rng = rng;
  }

  /** The API has written something. */
  bump(): void {
    this.#version++;
    for (const wake of [...this.#waiting]) wake();
  }

  /** The stream as a process reads it. */
  of(process: SimProcess): ChangeSource {
    return {
      changesEnd: () =>
        this.#effects.call(process, 'changes', 'changesEnd', [], async () => {
          const cursor = await this.#real.changesEnd();
          this.#known.set(cursor, this.#version);
          return cursor;
        }),
      readChanges: (cursor, blockMs) => this.#read(process, cursor, blockMs),
    };
  }

  async #read(process: SimProcess, cursor: string, blockMs: number) {
    if (this.#known.get(cursor) === this.#version) await this.#wait(process, blockMs);
    if (this.#known.get(cursor) === this.#version) return { cursor, uids: [], topics: [] };
    return this.#effects.call(process, 'changes', 'readChanges', [], async () => {
      const from = this.#rng.chance(this.stale) ? '0-0' : cursor;
      const news = await this.#real.readChanges(from, REAL_BLOCK_MS);
      this.#known.set(news.cursor, this.#version);
      return news;
    });
  }

  async #wait(process: SimProcess, ms: number): Promise<void> {
    const bell = new AbortController();
    const wake = () => bell.abort();
    this.#waiting.add(wake);
    await process.clock.sleep(ms, bell.signal);
    this.#waiting.delete(wake);
  }
}
