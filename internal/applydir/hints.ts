import { Bell } from '../clock/bell.ts';
import type { Clock } from '../clock/clock.ts';
import type { FileEvent, Watch } from './watch.ts';

/** Writers write in steps: so many ms after a hint the directory is looked at. */
const SETTLE_MS = 250;

/** Waits until something may have changed in directories. Hints may be missed, so waits have an end. */
export class Hints {
  readonly #watch: Watch;
  readonly #told: (path: string, event: FileEvent) => void;
  readonly #failed: (error: Error) => void;
  readonly #watched = new Map<string, () => void>();
  readonly #bell = new Bell();

  /**
   * @param told is called with what became of an entry.
   * @param failed is called when a directory cannot be watched.
   */
  constructor(
    watch: Watch,
    told: (path: string, event: FileEvent) => void,
    failed: (error: Error) => void,
  ) {
    this.#watch = watch;
    this.#told = told;
    this.#failed = failed;
  }

  /** Watches these directories, and no others. */
  follow(directories: ReadonlySet<string>): void {
    for (const [directory, stop] of this.#watched) {
      if (directories.has(directory)) continue;
      stop();
      this.#watched.delete(directory);
    }
    for (const directory of directories) {
      if (this.#watched.has(directory)) continue;
      const changed = () => this.#bell.ring();
      this.#watched.set(directory, this.#watch(directory, changed, this.#failed, this.#told));
    }
  }

  /** Resolves a moment after a hint, after `ms` without one, or when `signal` aborts. */
  async wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    if (await this.#bell.wait(clock, ms, signal)) await clock.sleep(SETTLE_MS, signal);
  }

  close(): void {
    this.follow(new Set());
  }
}
