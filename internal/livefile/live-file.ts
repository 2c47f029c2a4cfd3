import { stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import { untilBeat } from '../clock/beat.ts';
import type { Clock } from '../clock/clock.ts';
import { FileProblems, type ParseValue, readValue } from './read-value.ts';

/** Between looks at the file, in ms. */
const LOOK_MS = 1000;

export interface LiveFileOptions<T> {
  /** Absolute. */
  path: string;
  parse: ParseValue<T>;
  clock: Clock;
  log: Logger;
  /** Told of each value that comes in force after the first. */
  changed?(value: T): void;
}

/**
 * What an operator's file says. It is read again when it changes; one that became faulty, or has
 * vanished, leaves in force what it said before.
 */
export class LiveFile<T> {
  readonly #options: LiveFileOptions<T>;
  #value: T;
  /** Of the file that was judged last. */
  #judged: string;
  /** Of a file that was seen once: it may still be being written. */
  #fresh: string | undefined;
  #problem: FileProblems | undefined;

  private constructor(options: LiveFileOptions<T>, value: T, judged: string) {
    this.#options = options;
    this.#value = value;
    this.#judged = judged;
  }

  /** @throws FileProblems when there is nothing yet that could be in force. */
  static async open<T>(options: LiveFileOptions<T>): Promise<LiveFile<T>> {
    // Looked at first: a change that comes while it is read is seen by the next look.
    const judged = await fingerprint(options.path);
    return new LiveFile(options, await readValue(options.path, options.parse), judged);
  }

  /** What is in force. */
  get value(): T {
    return this.#value;
  }

  /** What is wrong with the file as it is now; undefined when it is in force. */
  get problem(): FileProblems | undefined {
    return this.#problem;
  }

  /** Keeps it up to date until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await untilBeat(this.#options.clock, LOOK_MS, signal);
      if (!signal.aborted) await this.look();
    }
  }

  /**
   * Looks at the file once. A change is taken when two looks in a row have shown the same: what is half
   * written is left alone.
   */
  async look(): Promise<void> {
    const seen = await fingerprint(this.#options.path);
    const settled = seen === this.#fresh;
    this.#fresh = seen;
    if (!settled || seen === this.#judged) return;
    this.#judged = seen;
    await this.#read();
  }

  async #read(): Promise<void> {
    const { path, parse, log, changed } = this.#options;
    try {
      this.#value = await readValue(path, parse);
      this.#problem = undefined;
      changed?.(this.#value);
      log.info({ file: path }, 'a changed file is in force');
    } catch (error) {
      if (!(error instanceof FileProblems)) throw error;
      this.#problem = error;
      const { problems } = error;
      log.error(
        { file: path, problems },
        'a changed file is refused; the one before stays in force',
      );
    }
  }
}

/** Differs when the file was changed or replaced. */
async function fingerprint(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch (error) {
    return `absent: ${(error as NodeJS.ErrnoException).code}`;
  }
}
